import { type Rate, TokenBucket } from '../../../lib/bounds/token-bucket.js';

/** A token bucket for each caller. Pure but for its own memory, which is bounded: the longest silent caller goes first. */
export class RequestRate {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(private readonly remembered: number) {}

  /** How long the caller has to wait for its next request, ms, or 0; counts nothing. */
  wait(caller: string, nowMs: number): number {
    return this.#buckets.get(caller)?.untilNextMs(nowMs) ?? 0;
  }

  /** Counts a request; returns the same as `wait`. Each caller has one constant rate. */
  take(caller: string, rate: Rate, nowMs: number): number {
    const bucket = this.#buckets.get(caller) ?? new TokenBucket(rate, nowMs);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.remembered && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take(nowMs) ? 0 : bucket.untilNextMs(nowMs);
  }
}
