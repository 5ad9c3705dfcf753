import { type Rate, TokenBucket } from '../lib/bounds/token-bucket.js';

/**
 * [P] The allowance of one session. A part is the session's own; the rest comes out of the part that all sessions of its
 * network share. So many sessions cannot do many times as much, and one that uses it all leaves the others their own.
 * Time is an argument; without a network nothing is shared.
 */
export class SessionShare {
  readonly #all: TokenBucket;
  readonly #own: TokenBucket;

  constructor(all: Rate, own: Rate, nowMs: number) {
    this.#all = new TokenBucket(all, nowMs);
    this.#own = new TokenBucket(own, nowMs);
  }

  /** Takes `cost` if the session has it; false if not. */
  take(shared: TokenBucket | null, nowMs: number, cost = 1): boolean {
    if (!this.#all.has(nowMs, cost)) return false;
    const isOwn = this.#own.take(nowMs, cost);
    if (!isOwn && shared !== null && !shared.take(nowMs, cost)) return false;
    return this.#all.take(nowMs, cost);
  }

  /** Takes `cost`, going into debt if need be; returns how long the debt lasts, ms. */
  owe(shared: TokenBucket | null, nowMs: number, cost: number): number {
    const waitMs = this.#all.owe(nowMs, cost);
    return shared === null || this.#own.take(nowMs, cost) ? waitMs : Math.max(waitMs, shared.owe(nowMs, cost));
  }

  /** How long until the session may do one more, ms. */
  untilNextMs(shared: TokenBucket | null, nowMs: number): number {
    const ofNetworkMs = shared === null ? 0 : Math.min(this.#own.untilNextMs(nowMs), shared.untilNextMs(nowMs));
    return Math.max(this.#all.untilNextMs(nowMs), ofNetworkMs);
  }

  /** Whether it is full, like a new one. */
  isFull(nowMs: number): boolean {
    return this.#all.isFull(nowMs) && this.#own.isFull(nowMs);
  }
}
