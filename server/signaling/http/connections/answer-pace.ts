import { HTTP_LIMITS } from '../../limits.js';

const BYTES_PER_MS = HTTP_LIMITS.answerPace.value / 1_000;
const LIMIT_BYTES = HTTP_LIMITS.answerTime.value * BYTES_PER_MS;

/** Bytes of all answers so far that a connection's client has taken, and that still wait for it. */
export interface Taking {
  readonly taken: number;
  readonly waiting: number;
}

/**
 * [P] How far a client is behind with taking its answers: each second in which something waits for it adds what it should have
 * taken, and what it takes counts against that. Time is an argument.
 */
export class AnswerPace {
  #behind = 0;
  #taken: number;
  #atMs: number;

  constructor({ taken }: Taking, nowMs: number) {
    this.#taken = taken;
    this.#atMs = nowMs;
  }

  isTooSlow({ taken, waiting }: Taking, nowMs: number): boolean {
    const owed = this.#behind + (nowMs - this.#atMs) * BYTES_PER_MS - (taken - this.#taken);
    this.#behind = waiting === 0 ? 0 : Math.max(0, owed);
    this.#taken = taken;
    this.#atMs = nowMs;
    return this.#behind > LIMIT_BYTES;
  }
}
