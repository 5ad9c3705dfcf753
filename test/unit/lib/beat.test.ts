import { expect, test } from 'vitest';
import { BEAT_MS, untilNextBeatMs } from '../../../server/lib/beat.js';

test.each([
  ['on the beat', 0, BEAT_MS],
  ['a timer that fired a little early', -0.4, BEAT_MS + 0.4],
  ['an answer that came at once', 0.6, BEAT_MS - 0.6],
  ['an answer that came late', 700, BEAT_MS - 700],
  ['an answer that came too late for the next beat', 800, 2 * BEAT_MS - 800],
])('all who wait for a beat wake together: %s', (_what, pastBeatMs, waitMs) => {
  for (const beat of [1, 2, 1_000]) expect(untilNextBeatMs(beat * BEAT_MS + pastBeatMs)).toBeCloseTo(waitMs, 6);
});
