import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../lib/clock.js';
import { encodeEnvelope } from '../protocol/envelope.js';
import type { ServerMessage } from '../protocol/events.js';
import type { DisconnectReason } from '../protocol/system.js';
import type { SocketId } from '../room/room-state.js';

/** A client that has this much unread is not keeping up, and is cut rather than fed from memory without end. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** How long a client has to answer our close frame. */
const CLOSE_LIMIT_MS = 2_000;
/** RFC 6455 section 7.4.1: policy violation, and going away. Clients of neko see 1006 here and treat both alike. */
const CLOSE_POLICY = 1008;
const CLOSE_GOING_AWAY = 1001;

/** The open WebSockets by number. */
export class Sockets {
  readonly #sockets = new Map<SocketId, WebSocket>();
  #last = 0;

  constructor(private readonly clock: Clock) {}

  add(socket: WebSocket): SocketId {
    this.#last += 1;
    const id = this.#last;
    this.#sockets.set(id, socket);
    socket.on('close', () => this.#sockets.delete(id));
    return id;
  }

  /** Sends one message to each; sockets that are gone are skipped. */
  send(ids: readonly SocketId[], message: ServerMessage): void {
    const text = encodeEnvelope(message);
    for (const id of ids) {
      const socket = this.#sockets.get(id);
      if (socket === undefined || socket.readyState !== socket.OPEN) continue;
      if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
      else socket.send(text);
    }
  }

  ping(id: SocketId): void {
    const socket = this.#sockets.get(id);
    if (socket !== undefined && socket.readyState === socket.OPEN) socket.ping();
  }

  /** Tells the client why, then closes; one that does not answer is cut. */
  disconnect(id: SocketId, reason: DisconnectReason): void {
    const socket = this.#sockets.get(id);
    if (socket === undefined) return;
    this.send([id], { event: 'system/disconnect', payload: { message: reason } });
    this.#sockets.delete(id);
    socket.close(reason === 'connection shutdown' ? CLOSE_GOING_AWAY : CLOSE_POLICY);
    const release = this.clock.after(CLOSE_LIMIT_MS, () => socket.terminate());
    socket.on('close', release);
  }

  /** Says good-bye to everybody. */
  close(): void {
    for (const id of [...this.#sockets.keys()]) this.disconnect(id, 'connection shutdown');
  }
}
