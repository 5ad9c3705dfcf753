import type { WebSocket } from '@fastify/websocket';
import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { DISCONNECTS, type DisconnectCode, type SocketEnd } from '../../protocol/errors/disconnects.js';
import { encodeEnvelope } from '../../protocol/events/envelope.js';
import type { ServerMessage } from '../../protocol/events/events.js';
import type { RoomRunner } from '../../room/room-runner.js';
import type { SocketId } from '../../room/room-state.js';
import { SOCKET_LIMITS } from '../limits.js';

/** The time for a client to answer our close frame. */
const CLOSE_LIMIT_MS = 2_000;

/** The open WebSockets by number. */
export class Sockets {
  readonly #sockets = new Map<SocketId, WebSocket>();
  /** Bytes of messages from other clients that the socket has not taken yet. */
  readonly #relayed = new WeakMap<WebSocket, number>();

  constructor(
    private readonly room: Pick<RoomRunner, 'newSocketId'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  add(socket: WebSocket): SocketId {
    const id = this.room.newSocketId();
    this.#sockets.set(id, socket);
    socket.on('close', () => this.#sockets.delete(id));
    return id;
  }

  /** Sends one message to each; closed sockets are skipped, one that is too far behind is cut. */
  send(ids: readonly SocketId[], message: ServerMessage): void {
    const bytes = encode(message);
    for (const id of ids) {
      const socket = this.#open(id);
      if (socket === undefined) continue;
      if (socket.bufferedAmount + bytes.length <= SOCKET_LIMITS.unread.value) write(socket, bytes);
      else this.#cut(id, socket);
    }
  }

  /** Passes a client's message on; a socket with many of them unread misses it, so that no client can get another one cut. */
  relay(ids: readonly SocketId[], message: ServerMessage): void {
    const bytes = encode(message);
    for (const id of ids) {
      const socket = this.#open(id);
      if (socket === undefined || socket.bufferedAmount + bytes.length > SOCKET_LIMITS.unread.value) continue;
      if (this.#relayedTo(socket) > SOCKET_LIMITS.unreadRelay.value) continue;
      this.#relayed.set(socket, this.#relayedTo(socket) + bytes.length);
      write(socket, bytes, () => this.#relayed.set(socket, this.#relayedTo(socket) - bytes.length));
    }
  }

  /** How many bytes the client has not taken yet; 0 for a socket that is gone. */
  unread(id: SocketId): number {
    return this.#open(id)?.bufferedAmount ?? 0;
  }

  ping(id: SocketId): void {
    this.#open(id)?.ping();
  }

  /** Sends the client the reason, then closes; a client that does not answer is cut. */
  disconnect(id: SocketId, code: DisconnectCode): void {
    if (!this.#sockets.has(id)) return;
    this.send([id], { event: 'system/disconnect', payload: { message: DISCONNECTS[code].reason } });
    this.end(id, code);
  }

  /** Closes, the code in the close frame; a client that does not answer is cut. */
  end(id: SocketId, code: SocketEnd): void {
    const socket = this.#sockets.get(id);
    if (socket === undefined) return;
    this.#sockets.delete(id);
    socket.close(DISCONNECTS[code].close, code);
    const release = this.clock.after(CLOSE_LIMIT_MS, () => socket.terminate());
    socket.on('close', release);
  }

  /** Closes all sockets because the server stops. */
  close(): void {
    for (const id of [...this.#sockets.keys()]) this.disconnect(id, 'shutdown');
  }

  #relayedTo(socket: WebSocket): number {
    return this.#relayed.get(socket) ?? 0;
  }

  #open(id: SocketId): WebSocket | undefined {
    const socket = this.#sockets.get(id);
    return socket?.readyState === socket?.OPEN ? socket : undefined;
  }

  #cut(id: SocketId, socket: WebSocket): void {
    this.log.warn(
      { socket: id, unreadBytes: socket.bufferedAmount },
      'a client does not read what it is sent, its connection is cut',
    );
    socket.terminate();
  }
}

/** Serialises a message once for all sockets. */
function encode(message: ServerMessage): Buffer {
  return Buffer.from(encodeEnvelope(message));
}

function write(socket: WebSocket, bytes: Buffer, sent: () => void = () => {}): void {
  socket.send(bytes, { binary: false }, sent);
}
