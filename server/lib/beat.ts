/**
 * How far apart those who answer are asked for a sign of life. A process that nobody uses does little else, and each time that it
 * is woken costs a third of a millisecond.
 */
export const BEAT_MS = 1_500;

/**
 * The wait in ms until the next beat. Beats fall on the same moments for all who count them on one clock, so that a process is
 * woken once for all of its questions. Whoever is half a beat late or less waits a whole one from there.
 */
export function untilNextBeatMs(nowMs: number): number {
  return (Math.round(nowMs / BEAT_MS) + 1) * BEAT_MS - nowMs;
}
