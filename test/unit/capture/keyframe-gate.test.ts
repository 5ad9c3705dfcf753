import { expect, test } from 'vitest';
import {
  KEYFRAME_INTERVAL_MS,
  type KeyframeGate,
  type KeyframeInput,
  STARTING_GATE,
  stepKeyframeGate,
} from '../../../server/capture/worker/outputs/keyframe-gate.js';

/** Plays a script of [time, input] and returns when a keyframe was forced and when a wake was asked for. */
function play(script: ReadonlyArray<readonly [nowMs: number, input: KeyframeInput['kind']]>) {
  let gate: KeyframeGate = STARTING_GATE;
  const forced: number[] = [];
  const wakes: number[] = [];
  for (const [nowMs, kind] of script) {
    const [next, effects] = stepKeyframeGate(gate, { kind }, nowMs);
    gate = next;
    for (const effect of effects) {
      if (effect.kind === 'wake') wakes.push(effect.atMs);
      else forced.push(nowMs);
    }
  }
  return { forced, wakes };
}

test.each([
  [
    'a request before the first frame is answered by it',
    [
      [0, 'requested'],
      [30, 'first-frame'],
      [530, 'tick'],
    ],
    [],
    [],
  ],
  [
    'a request soon after the first frame waits for the interval',
    [
      [0, 'first-frame'],
      [100, 'requested'],
      [500, 'tick'],
    ],
    [500],
    [500],
  ],
  [
    'a request after the interval is obeyed at once',
    [
      [0, 'first-frame'],
      [501, 'requested'],
    ],
    [501],
    [],
  ],
  [
    'requests within the interval are folded into one',
    [
      [0, 'first-frame'],
      [600, 'requested'],
      [610, 'requested'],
      [700, 'requested'],
      [1100, 'tick'],
    ],
    [600, 1100],
    [1100, 1100],
  ],
  [
    'a timer that fires early is set again',
    [
      [0, 'first-frame'],
      [100, 'requested'],
      [499.4, 'tick'],
      [500, 'tick'],
    ],
    [500],
    [500, 500],
  ],
  [
    'no request, no keyframe',
    [
      [0, 'first-frame'],
      [5000, 'tick'],
    ],
    [],
    [],
  ],
] as const)('%s', (_title, script, forced, wakes) => {
  expect(play(script)).toEqual({ forced, wakes });
});

test('G6 the interval is half a second', () => expect(KEYFRAME_INTERVAL_MS).toBe(500));
