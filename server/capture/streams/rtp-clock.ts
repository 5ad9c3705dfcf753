/**
 * How a stream's RTP timestamps relate to time. Every pipeline of the worker runs on the system's monotonic clock with
 * one base time and a timestamp offset of 0, so RTP time = (monotonic time - base) x clock rate for sound and picture alike,
 * and sender reports made from this mapping keep them in step.
 */
export interface RtpClock {
  readonly clockRateHz: number;
  /** The moment of RTP timestamp 0, in ms on the scale of `performance.now()` of this process. */
  readonly zeroMs: number;
}

/** A reading of the system's monotonic clock in ns, in ms on the scale of `performance.now()` of this process. */
export function monotonicNsToMs(ns: bigint): number {
  return Number(ns - process.hrtime.bigint()) / 1e6 + performance.now();
}
