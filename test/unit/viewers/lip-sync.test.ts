import { expect, test } from 'vitest';
import { IN_STEP, type LipSync, type LipSyncInput, stepLipSync } from '../../../server/viewers/lip-sync.js';

const measured = (...delays: number[]): LipSyncInput[] => delays.map((soundDelayMs) => ({ kind: 'measured', soundDelayMs }));
const reported = (...jitters: number[]): LipSyncInput[] => jitters.map((jitterMs) => ({ kind: 'reported', jitterMs }));

/** The hold in ms after each input. */
function holds(inputs: readonly LipSyncInput[]): number[] {
  let state: LipSync = IN_STEP;
  return inputs.map((input) => {
    state = stepLipSync(state, input);
    return state.holdMs;
  });
}

test.each<[string, LipSyncInput[], number[]]>([
  ['a small buffer: the picture waits for nothing', measured(20, 35, 40), [0, 0, 0]],
  ['what the buffer holds beyond 40 ms, in steps of 10 and 20 of head start, at once', measured(41, 78, 120), [30, 60, 100]],
  ['less only after three readings, and not for one step', measured(120, 115, 60, 60, 60, 60), [100, 100, 100, 100, 40, 40]],
  ['readings that go up and down keep the longer hold', measured(100, 60, 60, 100, 60, 60), [80, 80, 80, 80, 80, 80]],
  ['back to none', measured(50, 30, 30, 30), [30, 30, 30, 0]],
  ['no sound: nothing to wait for, at once', measured(100, 0, 90), [80, 0, 70]],
  ['sound beyond repair does not take the picture along', measured(900), [200]],
  [
    'a client that measures nothing: the least jitter of three reports, four times, and a packet',
    reported(30, 30, 30),
    [0, 0, 120],
  ],
  ['one report of jitter is a hiccup', reported(1, 60, 1, 1), [0, 0, 0, 0]],
  ['a quiet network', reported(2, 3, 5, 4), [0, 0, 0, 0]],
  ['reports count for nothing once the client measures', [...measured(60), ...reported(50, 50, 50)], [40, 40, 40, 40]],
])('%s', (_, inputs, expected) => {
  expect(holds(inputs)).toEqual(expected);
});
