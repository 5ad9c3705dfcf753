import { expect, test } from 'vitest';
import { NekoLoop, wantsNekoLoop } from '../../../server/viewers/quality/neko-loop.js';
import { Trend } from '../../../server/viewers/quality/trend.js';
import { DEFAULT_ESTIMATOR } from '../../support/default-estimator.js';

/** What the loop decides at each tick of 2 s, as long as it decides something. */
function decisions(
  estimateBps: (tick: number) => number,
  ticks: number,
  settings = {},
): (readonly [tick: number, kind: string])[] {
  const loop = new NekoLoop({ ...DEFAULT_ESTIMATOR, ...settings }, 0);
  const made: (readonly [number, string])[] = [];
  for (let tick = 1; tick <= ticks; tick++) {
    const { kind } = loop.tick(estimateBps(tick), 1_000_000, tick * 2_000);
    if (kind !== 'stay') made.push([tick, kind]);
  }
  return made;
}

test('VW19 whoever writes a time of the loop gets the loop', () => {
  expect(wantsNekoLoop(DEFAULT_ESTIMATOR)).toBe(false);
  expect(wantsNekoLoop({ ...DEFAULT_ESTIMATOR, enabled: false, debug: true, initialBitrateBps: 5 })).toBe(false);
  expect(wantsNekoLoop({ ...DEFAULT_ESTIMATOR, stableDurationMs: 5_000 })).toBe(true);
  expect(wantsNekoLoop({ ...DEFAULT_ESTIMATOR, diffThreshold: -1 })).toBe(true);
});

test.each([
  [[1, 2, 3, 4, 5, 6, 7], 'neutral'],
  [[1, 2, 3, 4, 5, 6, 7, 8], 'upward'],
  [[8, 7, 6, 5, 4, 3, 2, 1], 'downward'],
  [[8, 7, 7, 7, 6, 5, 4, 3], 'neutral'],
  [[5, 1, 5, 1, 4, 1, 3, 1], 'neutral'],
])('VW19 the trend of %j is %s', (values, expected) => {
  const trend = new Trend();
  for (const value of values) trend.add(value);
  expect(trend.direction).toBe(expected);
});

test('VW19 room for 12 s is a step up, and then one every 5 s', () => {
  expect(decisions(() => 2_000_000, 12)).toEqual([
    [6, 'higher'],
    [9, 'higher'],
    [12, 'higher'],
  ]);
});

test('VW19 a falling estimate is a step down after 6 s, and then one every 10 s', () => {
  const made = decisions((tick) => 900_000 - tick * 10_000, 20);
  expect(made.filter(([, kind]) => kind === 'higher')).toEqual([]);
  expect(made[0]![1]).toBe('lower');
  expect(made.slice(1).map(([tick], i) => tick - made[i]![0])).toEqual(made.slice(1).map(() => 5));
});

test('VW19 a negative threshold asks for no headroom', () => {
  const times = { stalledDurationMs: 60_000, stableDurationMs: 4_000 };
  expect(decisions(() => 500_000, 8, { diffThreshold: -1, ...times }).map(([, kind]) => kind)).toEqual([
    'higher',
    'higher',
    'higher',
  ]);
  expect(decisions(() => 500_000, 8, times).map(([, kind]) => kind)).toEqual(['lower', 'lower']);
});

test('VW19 no room at the very first tick counts as having stalled', () => {
  expect(decisions(() => 900_000, 1)).toEqual([[1, 'lower']]);
});
