/**
 * The interval between two questions for a sign of life. An idle process does little else, and each wake-up costs a third of a
 * millisecond.
 */
export const BEAT_MS = 1_500;

/**
 * The wait in ms until the next beat. Beats fall on the same moments for all callers of one clock, so that a process wakes once
 * for all of its questions. The wait is between half a beat and one and a half.
 */
export function untilNextBeatMs(nowMs: number): number {
  return (Math.round(nowMs / BEAT_MS) + 1) * BEAT_MS - nowMs;
}
