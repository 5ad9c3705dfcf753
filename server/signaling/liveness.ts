import { SOCKET_LIMITS } from './limits.js';

/**
 * [P] Whether the other end of a socket is still there: it answers pings, or at least takes what it was sent. A ping that
 * waits behind a large message cannot be answered yet.
 */
export class Liveness {
  #heardMs: number;
  #unread = 0;

  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** When it counts as gone if nothing is heard until then. */
  get goneAtMs(): number {
    return this.#heardMs + SOCKET_LIMITS.silence.value;
  }

  answered(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /** To be told now and then how many bytes the other end has not taken. */
  unread(bytes: number, nowMs: number): void {
    if (bytes < this.#unread) this.#heardMs = nowMs;
    this.#unread = bytes;
  }
}
