import type { Rate } from '../../lib/token-bucket.js';

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

/** A token bucket for each caller. Pure but for its own memory, which is bounded: the longest silent caller goes first. */
export class RequestRate {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly remembered: number) {}

  /** How many requests are free now; counts none. */
  left(caller: string, { burst, perSecond }: Rate, nowMs: number): number {
    const { left, atMs } = this.#buckets.get(caller) ?? { left: burst, atMs: nowMs };
    return Math.min(burst, left + ((nowMs - atMs) / 1_000) * perSecond);
  }

  /** Counts a request; answers with how long its caller has to wait until the next one is free, ms, 0 for none. */
  take(caller: string, rate: Rate, nowMs: number): number {
    const { perSecond } = rate;
    const filled = this.left(caller, rate, nowMs);
    const passes = filled >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { left: passes ? filled - 1 : filled, atMs: nowMs });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.remembered && oldest !== undefined) this.#buckets.delete(oldest);
    return passes ? 0 : ((1 - filled) / perSecond) * 1_000;
  }
}
