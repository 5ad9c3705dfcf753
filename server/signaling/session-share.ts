import { type Rate, TokenBucket } from '../lib/bounds/token-bucket.js';

/**
 * [P] What one session may do. A part of it is the session's own; the rest comes out of what all sessions of its network
 * share, so that many sessions are not worth many times as much, and one that takes it all leaves the others their part.
 * Time is an argument; without a network nothing is shared.
 */
export class SessionShare {
  readonly #all: TokenBucket;
  readonly #own: TokenBucket;

  constructor(all: Rate, own: Rate, nowMs: number) {
    this.#all = new TokenBucket(all, nowMs);
    this.#own = new TokenBucket(own, nowMs);
  }

  /** True if the session might do `cost` more, which is taken then. */
  take(shared: TokenBucket | null, nowMs: number, cost = 1): boolean {
    if (!this.#all.has(nowMs, cost)) return false;
    const isOwn = this.#own.take(nowMs, cost);
    if (!isOwn && shared !== null && !shared.take(nowMs, cost)) return false;
    return this.#all.take(nowMs, cost);
  }

  /** Takes `cost`, there or not; answers how long it is until none is owed, ms. */
  owe(shared: TokenBucket | null, nowMs: number, cost: number): number {
    const waitMs = this.#all.owe(nowMs, cost);
    return shared === null || this.#own.take(nowMs, cost) ? waitMs : Math.max(waitMs, shared.owe(nowMs, cost));
  }

  /** How long until the session may do one more, ms. */
  untilNextMs(shared: TokenBucket | null, nowMs: number): number {
    const ofNetworkMs = shared === null ? 0 : Math.min(this.#own.untilNextMs(nowMs), shared.untilNextMs(nowMs));
    return Math.max(this.#all.untilNextMs(nowMs), ofNetworkMs);
  }

  /** Whether it is as a new one would be. */
  isFull(nowMs: number): boolean {
    return this.#all.isFull(nowMs) && this.#own.isFull(nowMs);
  }
}
