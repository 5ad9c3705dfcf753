import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { DisconnectCode } from '../../protocol/errors/disconnects.js';
import type { Envelope } from '../../protocol/events/envelope.js';
import { throttleKey } from '../../room/client-place.js';
import type { Actor, SocketClosure } from '../../room/command.js';
import type { SocketId } from '../../room/room-state.js';
import { sayDropped } from '../say-dropped.js';
import type { Services } from '../services.js';
import { kindOf } from '../session-rates.js';
import { type Complain, complainer } from './complainer.js';
import { queueOf, routeOf } from './dispatch.js';
import { Malformed, type Outcome, type Sender } from './handlers/event-route.js';
import { greetFromPlugins } from './handlers/plugins.js';
import { watchIncoming } from './incoming.js';
import { readSocketMessage } from './large-message.js';
import { MessageLine } from './message-line.js';

/** RFC 6455 section 7.4.1: closed on purpose, and the page went away. Everything else may be a line that was cut. */
const SOCKET_ENDS: Readonly<Record<number, SocketClosure>> = { 1000: 'closed', 1001: 'page-left' };

/** An upgraded socket, with the connection it was opened over and the client's address. */
export interface SocketArrival {
  readonly socket: WebSocket;
  readonly connection: Duplex;
  readonly token: string | null;
  readonly actor: Actor | null;
  readonly address: string;
}

/** Takes an upgraded socket: a client that may not connect is sent the reason and closed, others enter the room. */
export function acceptSocket(services: Services, arrival: SocketArrival) {
  const { sockets, rates, clock } = services;
  const { socket, connection, token, actor, address } = arrival;
  const id = sockets.add(socket);
  const mayTry = rates.mayTry(throttleKey(address), clock.nowMs());
  if (mayTry && actor?.kind === 'session' && rates.mayConnect(actor.id, clock.nowMs()))
    return serve(services, arrival, id, { sessionId: actor.id, address });
  // The usual bounds hold until it has closed.
  watchIncoming(socket, connection, clock, { received: () => 0, isHost: () => false, tooLarge: () => socket.terminate() });
  if (!mayTry || actor?.kind === 'session') return sockets.end(id, 'too-many-sockets');
  sockets.disconnect(id, turnedAway(token, actor?.kind));
}

function turnedAway(token: string | null, kind: 'api' | undefined): DisconnectCode {
  if (token === null) return 'no-credentials';
  return kind === 'api' ? 'connection-disabled' : 'unknown-session';
}

function serve(services: Services, { socket, connection }: SocketArrival, id: SocketId, sender: Sender): void {
  const { room, log, clock, rates, sockets, heartbeats } = services;
  const { sessionId, address } = sender;
  const tooLarge = () => {
    log.warn({ sessionId, address }, 'a message was too large, the socket is closed');
    sockets.end(id, 'message-too-large');
  };
  const stopWatching = watchIncoming(socket, connection, clock, {
    received: (bytes) => rates.received(sessionId, bytes, clock.nowMs()),
    isHost: () => room.isHost(sessionId),
    tooLarge,
  });
  if (room.apply({ kind: 'connect', id: sessionId, socket: id }) !== null) return;
  greetFromPlugins(services, sessionId);
  services.webrtc.signaling(sessionId)?.socketOpened();
  log.info({ sessionId, address }, 'session connected');
  const stopHeartbeat = heartbeats.start(id, socket, () => {
    log.info({ sessionId, address }, 'a client answers no pings any more, its connection is cut');
    socket.terminate();
  });
  const reader = new MessageReader(services, sender, complainer(services, sessionId));
  socket.on('message', (data) => {
    if (socket.readyState !== socket.OPEN) return;
    const end = { 'too-large': tooLarge, broken: () => socket.terminate(), taken: () => {} };
    end[reader.read(Buffer.isBuffer(data) ? data : Buffer.from(String(data)))]();
  });
  socket.on('close', (code) => {
    stopWatching();
    stopHeartbeat();
    reader.stop();
    log.info({ sessionId, code }, 'session socket closed');
    room.apply({ kind: 'socket-closed', id: sessionId, socket: id, end: SOCKET_ENDS[code] ?? 'lost' });
  });
}

/** Works on the messages of one socket in their order. */
class MessageReader {
  readonly #lines = { signal: new MessageLine(), desktop: new MessageLine() };

  constructor(
    private readonly services: Services,
    private readonly sender: Sender,
    private readonly complain: Complain,
  ) {}

  /** `broken`: the socket cannot go on, by the client's fault or by a bug of ours. */
  read(data: Buffer): 'taken' | 'too-large' | 'broken' {
    try {
      const envelope = readSocketMessage(data);
      if (envelope === 'too-large') return envelope;
      if (envelope.ok) return this.#take(envelope.value, data.length) ? 'taken' : 'broken';
      if (this.#mayCome('', data.length)) this.complain('', new Malformed(envelope.error));
      return 'taken';
    } catch (error) {
      this.services.log.error({ sessionId: this.sender.sessionId, error: stackOf(error) }, 'a message ran into a bug');
      return 'broken';
    }
  }

  stop(): void {
    for (const line of Object.values(this.#lines)) line.clear();
  }

  #take({ event, payload }: Envelope, bytes: number): boolean {
    if (!this.#mayCome(event, bytes)) return true;
    const route = routeOf(event);
    if (route === undefined) {
      this.complain(event, new Malformed('unknown event'));
      return true;
    }
    return this.#lines[queueOf(event)].add(() =>
      settle(
        () => route(this.services, this.sender, payload),
        (error) => this.complain(event, error),
      ),
    );
  }

  #mayCome(event: string, bytes: number): boolean {
    const { rates, clock } = this.services;
    const { sessionId } = this.sender;
    const kind = kindOf(event);
    const nowMs = clock.nowMs();
    if (rates.take(sessionId, kind, nowMs) && (kind !== 'send' || rates.take(sessionId, 'sendBytes', nowMs, bytes))) return true;
    sayDropped(this.services, sessionId, kind);
    return false;
  }
}

/** Waits only where a handler does; a bug in one handler is logged and ends nothing else. */
function settle(handle: () => Outcome, complain: (error: string | Malformed) => void): void | Promise<void> {
  try {
    const outcome = handle();
    if (outcome instanceof Promise) {
      return outcome.then(
        (result) => void (result.ok || complain(result.error)),
        (error: unknown) => complain(new Malformed(String(error))),
      );
    }
    if (!outcome.ok) complain(outcome.error);
  } catch (error) {
    complain(new Malformed(String(error)));
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
