import { TokenBucket } from '../../lib/bounds/token-bucket.js';

/** A token bucket per key and one for all of them together. Pure: time is an argument. */
export interface RateLimit {
  /** True if `key` may have one more now. */
  take(key: string, nowMs: number): boolean;
}

const MAX_KEYS = 10_000;

/** `perSecond` tokens come in per key, up to `burst`; `allPerSecond` bounds the sum over all keys. */
export function rateLimit(perSecond: number, burst: number, allPerSecond: number): RateLimit {
  const buckets = new Map<string, TokenBucket>();
  const all = new TokenBucket({ perSecond: allPerSecond, burst: allPerSecond }, 0);
  return {
    take(key, nowMs) {
      let bucket = buckets.get(key);
      if (!bucket) {
        // Forgetting everyone is cheap and harmless: the common bucket still holds.
        if (buckets.size >= MAX_KEYS) buckets.clear();
        bucket = new TokenBucket({ perSecond, burst }, nowMs);
        buckets.set(key, bucket);
      }
      // A refusal by one bucket takes nothing from the other.
      if (!bucket.has(nowMs) || !all.has(nowMs)) return false;
      return bucket.take(nowMs) && all.take(nowMs);
    },
  };
}
