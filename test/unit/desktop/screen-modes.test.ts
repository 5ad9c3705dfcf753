import { expect, test } from 'vitest';
import { cvt } from '../../../server/desktop/screen/cvt.js';
import { type KnownMode, listedSizes, modeFor, roundedSize, sizeOf } from '../../../server/desktop/screen/screen-modes.js';

function known(id: number, width: number, height: number, rate: number, name?: string): KnownMode {
  const line = cvt(width, height, rate);
  return {
    id,
    name: name ?? line.name,
    width,
    height,
    dot_clock: line.clockKhz * 1_000,
    h_total: line.hTotal,
    v_total: line.vTotal,
  };
}

test.each([
  [
    { width: 1103, height: 701, rate: 0 },
    { width: 1096, height: 701, rate: 60 },
  ],
  [
    { width: 1280, height: 720, rate: 30 },
    { width: 1280, height: 720, rate: 30 },
  ],
  [
    { width: 1287, height: 721, rate: 25 },
    { width: 1280, height: 721, rate: 25 },
  ],
])('asked for %o, set %o', (wanted, set) => {
  expect(roundedSize(wanted)).toEqual(set);
});

test('the rate of a mode is that of its timings, as a whole number', () => {
  expect(sizeOf(known(1, 1280, 720, 30))).toEqual({ width: 1280, height: 720, rate: 30 });
  expect(sizeOf({ ...known(1, 1280, 720, 30), h_total: 0 }).rate).toBeGreaterThan(0);
});

test('listed are distinct sizes up to 60 Hz, above 30 Hz in steps of ten, largest first', () => {
  const modes = [
    known(1, 800, 600, 60),
    known(2, 1280, 720, 30),
    known(3, 1280, 720, 60),
    known(4, 1280, 720, 60, 'again'),
    known(5, 1280, 720, 75),
    known(6, 1280, 720, 56),
    known(7, 1280, 720, 50),
    known(8, 1920, 1080, 25),
  ];
  expect(listedSizes(modes).map(({ width, rate }) => [width, rate])).toEqual([
    [1920, 25],
    [1280, 60],
    [1280, 50],
    [1280, 30],
    [800, 60],
  ]);
});

test('a mode is chosen by the name it was made with, else by its rate', () => {
  const line = cvt(64, 64, 60);
  const small = known(1, 64, 64, 60);
  // At this size the clock's steps are coarse: the timings come to 39 Hz.
  expect(sizeOf(small).rate).toBe(39);
  expect(modeFor([small], { width: 64, height: 64, rate: 60 }, line)).toBe(small);
  const other = known(2, 1280, 720, 60, 'custom');
  expect(modeFor([small, other], { width: 1280, height: 720, rate: 60 }, cvt(1280, 720, 60))).toBe(other);
  expect(modeFor([other], { width: 1280, height: 720, rate: 30 }, cvt(1280, 720, 30))).toBeUndefined();
});
