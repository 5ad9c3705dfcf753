import { expect, test } from 'vitest';
import {
  ended,
  NEVER_FAILED,
  type RestartHistory,
  STABLE_MS,
  started,
} from '../../../server/capture/supervisor/restart-policy.js';

/** The waits after each of a row of ends, each `aliveMs` after its start. */
function waits(aliveMs: readonly number[]): number[] {
  let history: RestartHistory = NEVER_FAILED;
  let nowMs = 100_000;
  return aliveMs.map((alive) => {
    history = started(history, nowMs);
    nowMs += alive;
    const end = ended(history, nowMs);
    history = end.history;
    nowMs += end.delayMs;
    return end.delayMs;
  });
}

test('the first end is answered at once, ends that follow soon wait longer and longer', () => {
  expect(waits([3, 3, 3, 3, 3, 3, 3, 3])).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('what ran for a while starts at once again', () => {
  expect(waits([3, 3, 3, STABLE_MS, 3])).toEqual([0, 500, 1_000, 0, 500]);
});
