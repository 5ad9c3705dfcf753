import { expect, test } from 'vitest';
import { parseThreadStat } from '../../../server/capture/supervisor/thread-sample.js';
import {
  answered,
  NOT_ASKED,
  SILENT_TICKS,
  STILL_TICKS,
  type ThreadSample,
  type WatchVerdict,
  watchTick,
} from '../../../server/capture/supervisor/worker-watch.js';
import { checkProgress, hasStalled, MOVING, type StallProgress } from '../../../server/capture/worker/stall-watch.js';

/** Ticks until the host is given up, counted from the tick that asked; undefined when it is not within `ticks`. */
function givenUpAfter(sampleAt: (tick: number) => ThreadSample | undefined, ticks = 100): [number, string] | undefined {
  let watch = NOT_ASKED;
  for (let tick = 0; tick <= ticks; tick++) {
    let verdict: WatchVerdict;
    [watch, verdict] = watchTick(watch, sampleAt(tick));
    expect(verdict.kind === 'ask').toBe(tick === 0);
    if (verdict.kind === 'hung') return [tick, verdict.reason];
  }
  return undefined;
}

test.each([
  ['a stopped one', () => ({ state: 'T', usedMs: 500 }), STILL_TICKS, 'it was stopped'],
  ['a deadlocked one', () => ({ state: 'S', usedMs: 500 }), STILL_TICKS, 'it does nothing and does not answer'],
  ['one in an endless loop', (tick) => ({ state: 'R', usedMs: tick * 500 }), SILENT_TICKS, 'it is busy and does not answer'],
  ['one that waits for its turn', () => ({ state: 'R', usedMs: 500 }), SILENT_TICKS, 'it is busy and does not answer'],
  ['one that waits for a disk', () => ({ state: 'D', usedMs: 500 }), SILENT_TICKS, 'it is busy and does not answer'],
  [
    'one that works on and off',
    (tick) => ({ state: 'S', usedMs: Math.floor(tick / 4) * 10 }),
    SILENT_TICKS,
    'it is busy and does not answer',
  ],
  ['one of which nothing is known', () => undefined, SILENT_TICKS, 'it is busy and does not answer'],
] satisfies [string, (tick: number) => ThreadSample | undefined, number, string][])(
  'a worker that does not answer: %s',
  (_what, sampleAt, ticks, reason) => {
    expect(givenUpAfter(sampleAt)).toEqual([ticks, reason]);
  },
);

test('a host that answers late is asked again and never given up', () => {
  let watch = NOT_ASKED;
  for (let tick = 0; tick < 100; tick++) {
    const [next, verdict] = watchTick(watch, { state: 'S', usedMs: 500 });
    expect(verdict.kind).toBe(tick % STILL_TICKS === 0 ? 'ask' : 'wait');
    watch = tick % STILL_TICKS === STILL_TICKS - 1 ? answered(next) : next;
  }
});

test('proc_pid_stat(5) is read behind whatever the name holds', () => {
  const stat = '4711 (a) R (b) T 1 4711 4711 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 11 0 1000 0 0';
  expect(parseThreadStat(stat)).toEqual({ state: 'T', usedMs: 3_000 });
  expect(parseThreadStat('')).toBeUndefined();
});

/** Checks until a pipeline is said to hang; undefined when it is not within 100. */
function stalledAfter(progressAt: (check: number) => StallProgress): number | undefined {
  let watch = MOVING;
  for (let check = 1; check <= 100; check++) {
    const progress = progressAt(check);
    watch = checkProgress(watch, progress);
    if (hasStalled(watch, progress)) return check;
  }
  return undefined;
}

test.each([
  ['something is due and nothing comes', () => ({ outputs: 0, due: true, load: 0 }), 6],
  ['nothing comes, in a process that works', () => ({ outputs: 0, due: true, load: 0.3 }), 30],
  ['nothing is due', () => ({ outputs: 0, due: false, load: 0 }), undefined],
  ['something comes now and then', (check) => ({ outputs: Math.floor(check / 5), due: true, load: 0 }), undefined],
] satisfies [string, (check: number) => StallProgress, number | undefined][])('a pipeline: %s', (_what, progressAt, checks) => {
  expect(stalledAfter(progressAt)).toBe(checks);
});
