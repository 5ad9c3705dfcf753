/** A burst up to this size leaves at once: latency comes first, and an ordinary frame is smaller. */
export const BURST_BYTES = 16_000;
/** However slow the rate, nothing waits longer for the pacer than this. */
export const SPREAD_MS = 100;
/** How often a paced burst is continued. */
export const PACE_INTERVAL_MS = 4;
/** Spreads a 100 kB keyframe over about 35 ms. */
export const DEFAULT_PACING_BPS = 20_000_000;

/** Decides how much of one viewer's backlog may leave now. Pure: a bucket of credit that fills with time. */
export class Pacer {
  #bytesPerMs = DEFAULT_PACING_BPS / 8_000;
  #credit = BURST_BYTES;
  #filledAtMs = 0;

  setRate(bitrateBps: number): void {
    this.#bytesPerMs = Math.max(1, bitrateBps / 8_000);
  }

  /** Bytes that may leave now, given the backlog and since when its oldest packet waits. A packet that was begun may exceed it. */
  allowance(nowMs: number, backlogBytes: number, waitingSinceMs: number): number {
    const leftMs = waitingSinceMs + SPREAD_MS - nowMs;
    const elapsedMs = nowMs - this.#filledAtMs;
    this.#filledAtMs = nowMs;
    // The tick before the limit is the last one that is sure to come in time.
    if (leftMs <= PACE_INTERVAL_MS * 2) return backlogBytes;
    const bytesPerMs = Math.max(this.#bytesPerMs, backlogBytes / (leftMs - PACE_INTERVAL_MS * 2));
    const most = Math.max(BURST_BYTES, bytesPerMs * PACE_INTERVAL_MS * 2);
    this.#credit = Math.min(most, this.#credit + elapsedMs * bytesPerMs);
    return this.#credit;
  }

  /** Everything that leaves counts, also what did not wait for the pacer; the debt is bounded. */
  spend(bytes: number): void {
    this.#credit = Math.max(-BURST_BYTES, this.#credit - bytes);
  }
}
