import { offeredProtocols } from '../../server/protocol/socket-protocol.js';
import type { PageMessage } from '../wire/page-events.js';
import { readMessage } from '../wire/read-message.js';

export interface SocketEvents {
  opened(): void;
  /** Called for every message: a sign of life. */
  heard(): void;
  received(message: PageMessage): void;
  closed(): void;
}

/** Not 1000 or 1001: the server would take these as leaving and end our control. */
const CLOSE_TO_RETURN = 4000;
const CLOSE_FOR_GOOD = 1000;

/** One WebSocket, used once. After `close` no event comes any more. */
export class SignalSocket {
  readonly #socket: WebSocket;
  #closed = false;

  /** With an empty `token` the session cookie counts. */
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
