import type { WebSocket } from '@fastify/websocket';
import type { Dispose } from '../lib/dispose.js';
import { err } from '../lib/result.js';
import { decodeEnvelope } from '../protocol/envelope.js';
import type { DisconnectReason } from '../protocol/system.js';
import type { Actor } from '../room/command.js';
import type { SocketId } from '../room/room-state.js';
import { lineOf, routeOf } from './dispatch.js';
import { Malformed, type Outcome, type Sender } from './handlers/event-route.js';
import { greetFromPlugins } from './handlers/plugins.js';
import { LogLimiter } from './log-limiter.js';
import { MessageLine } from './message-line.js';
import type { Services } from './services.js';

/** Clients take a socket for dead after 12.5 s without a message. */
const HEARTBEAT_MS = 10_000;
/** RFC 6455 section 7.4.1: closed on purpose, and the page went away. Everything else may be a line that was cut. */
const CLEAN_CLOSE_CODES = [1000, 1001];

/** Who is at the other end of a new socket. */
interface Arriving {
  readonly services: Services;
  readonly token: string | null;
  readonly actor: Actor | null;
  readonly address: string;
}

/** Takes an upgraded socket: whoever may not connect is told why and closed, the others are in the room from here on. */
export function acceptSocket({ services, token, actor, address }: Arriving, socket: WebSocket) {
  const { sockets } = services;
  const id = sockets.add(socket);
  const reason = turnedAway(token, actor?.kind);
  if (actor?.kind !== 'session') return sockets.disconnect(id, reason);
  serve(services, socket, id, { sessionId: actor.id, address });
}

function turnedAway(token: string | null, kind: 'session' | 'api' | undefined): DisconnectReason {
  if (token === null) return 'no authentication provided';
  return kind === 'api' ? 'connection disabled' : 'session not found';
}

function serve(services: Services, socket: WebSocket, id: SocketId, sender: Sender): void {
  const { room, log } = services;
  const { sessionId, address } = sender;
  if (room.apply({ kind: 'connect', id: sessionId, socket: id }) !== null) return;
  greetFromPlugins(services, sessionId);
  services.peers.peer(sessionId)?.socketOpened();
  log.info({ sessionId, address }, 'session connected');
  const stopHeartbeat = startHeartbeat(services, id);
  const lines = { signal: new MessageLine(), desktop: new MessageLine() };
  const complain = complainer(services, sessionId);
  socket.on('message', (data) => {
    if (socket.readyState !== socket.OPEN) return;
    const envelope = decodeEnvelope(String(data));
    if (!envelope.ok) return complain('', new Malformed(envelope.error));
    const { event, payload } = envelope.value;
    const route = routeOf(event);
    if (route === undefined) return complain(event, new Malformed('unknown event'));
    const taken = lines[lineOf(event)].add(() =>
      settle(
        () => route(services, sender, payload),
        (error) => complain(event, error),
      ),
    );
    if (!taken) socket.terminate();
  });
  socket.on('close', (code) => {
    stopHeartbeat();
    for (const line of Object.values(lines)) line.clear();
    log.info({ sessionId, code }, 'session socket closed');
    room.apply({ kind: 'socket-closed', id: sessionId, socket: id, clean: CLEAN_CLOSE_CODES.includes(code) });
  });
}

/** Waits only where there is something to wait for; a bug in one handler is reported and ends nothing else. */
function settle(handle: () => Outcome, complain: Complain): void | Promise<void> {
  try {
    const outcome = handle();
    if (outcome instanceof Promise) {
      return outcome
        .catch((error: unknown) => err(new Malformed(String(error))))
        .then((result) => void (result.ok || complain(result.error)));
    }
    if (!outcome.ok) complain(outcome.error);
  } catch (error) {
    complain(new Malformed(String(error)));
  }
}

type Complain = (error: string | Malformed) => void;

/**
 * The protocol has no error replies: our log is the only place that tells. It names the event, never the payload. That
 * somebody may not do something is ordinary; a message that makes no sense is a broken client or worse.
 */
function complainer({ log, clock }: Services, sessionId: string): (event: string, error: string | Malformed) => void {
  const limiter = new LogLimiter(10, 1_000);
  return (event, error) => {
    if (typeof error === 'string') return log.debug({ sessionId, event, reason: error }, 'message not obeyed');
    const heldBack = limiter.pass(clock.nowMs());
    if (heldBack === null) return;
    log.warn({ sessionId, event: event.slice(0, 64), error: error.reason.slice(0, 200), heldBack }, 'bad message');
  };
}

function startHeartbeat({ clock, sockets }: Services, id: SocketId): Dispose {
  let release: Dispose = () => {};
  const beat = () => {
    sockets.send([id], { event: 'system/heartbeat' });
    sockets.ping(id);
    release = clock.after(HEARTBEAT_MS, beat);
  };
  release = clock.after(HEARTBEAT_MS, beat);
  return () => release();
}
