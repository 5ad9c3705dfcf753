import { SOCKET_LIMITS } from '../limits.js';

/** A timer later than this means that the process or the machine stood still. */
const LATE_MS = 1_000;

/**
 * [P] Whether the other end of a socket is still there: it answers pings, or at least takes the bytes sent to it, since a
 * ping behind a large message cannot be answered yet.
 */
export class Liveness {
  #heardMs: number;
  #unread = 0;

  constructor(nowMs: number) {
    this.#heardMs = nowMs;
  }

  /** When the other end counts as gone, unless it gives a sign before. */
  get goneAtMs(): number {
    return this.#heardMs + SOCKET_LIMITS.silence.value;
  }

  /**
   * Whether the other end is there; to be called at `goneAtMs`. A late call means that this process stood still: it has sent no
   * pings and read no answers, so the other end gets its whole time again.
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

  /** To be called at intervals with the number of bytes that the other end has not taken. */
  unread(bytes: number, nowMs: number): void {
    if (bytes < this.#unread) this.#heardMs = nowMs;
    this.#unread = bytes;
  }
}
