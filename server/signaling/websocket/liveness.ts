import { SOCKET_LIMITS } from '../limits.js';

/** A timer that is later than this was held up by the process or the machine as a whole. */
const LATE_MS = 1_000;

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

  /**
   * Whether the other end is there, to be asked at `goneAtMs`. Who asks late has stood still himself: he has sent no pings and
   * read no answers, so that the other end has its whole time again.
   */
  look(nowMs: number): 'here' | 'gone' | 'unknown' {
    const lateMs = nowMs - this.goneAtMs;
    if (lateMs < 0) return 'here';
    if (lateMs < LATE_MS) return 'gone';
    this.#heardMs = nowMs;
    return 'unknown';
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
