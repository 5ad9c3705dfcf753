import { offeredProtocols } from '../../server/protocol/socket-protocol.js';
import type { PageMessage } from '../wire/page-events.js';
import { readMessage } from '../wire/read-message.js';

export interface SocketEvents {
  opened(): void;
  /** Any message at all: a sign of life. */
  heard(): void;
  received(message: PageMessage): void;
  closed(): void;
}

/** Not 1000 or 1001, which would tell the server that we leave and cost us the control. */
const CLOSE_TO_RETURN = 4000;
const CLOSE_FOR_GOOD = 1000;

/** One WebSocket, used once. After `close` no event comes any more. */
export class SignalSocket {
  readonly #socket: WebSocket;
  #closed = false;

  /** An empty `token` leaves it to the session cookie. */
  constructor(url: string, token: string, events: SocketEvents) {
    this.#socket = new WebSocket(url, offeredProtocols(token));
    this.#socket.onopen = () => !this.#closed && events.opened();
    this.#socket.onclose = () => !this.#closed && events.closed();
    this.#socket.onmessage = ({ data }) => {
      if (this.#closed || typeof data !== 'string') return;
      events.heard();
      const message = readMessage(data);
      if (message) events.received(message);
    };
  }

  get isOpen(): boolean {
    return !this.#closed && this.#socket.readyState === WebSocket.OPEN;
  }

  /** False when it is not open. */
  send(event: string, payload?: unknown): boolean {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(payload === undefined ? { event } : { event, payload }));
    return true;
  }

  close(forGood: boolean): void {
    this.#closed = true;
    this.#socket.close(forGood ? CLOSE_FOR_GOOD : CLOSE_TO_RETURN);
  }
}
