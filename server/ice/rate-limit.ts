/** A token bucket per key and one for all of them together. Pure: time is an argument. */
export interface RateLimit {
  /** True if `key` may have one more now. */
  take(key: string, nowMs: number): boolean;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MAX_KEYS = 10_000;

/** `perSecond` tokens come in per key, up to `burst`; `allPerSecond` bounds the sum over all keys. */
export function rateLimit(perSecond: number, burst: number, allPerSecond: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const all: Bucket = { tokens: allPerSecond, atMs: 0 };
  return {
    take(key, nowMs) {
      let bucket = buckets.get(key);
      if (!bucket) {
        // Forgetting everyone is cheap and harmless: the common bucket still holds.
        if (buckets.size >= MAX_KEYS) buckets.clear();
        bucket = { tokens: burst, atMs: nowMs };
        buckets.set(key, bucket);
      }
      refill(bucket, perSecond, burst, nowMs);
      refill(all, allPerSecond, allPerSecond, nowMs);
      if (bucket.tokens < 1 || all.tokens < 1) return false;
      bucket.tokens--;
      all.tokens--;
      return true;
    },
  };
}

function refill(bucket: Bucket, perSecond: number, burst: number, nowMs: number): void {
  bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
  bucket.atMs = nowMs;
}
