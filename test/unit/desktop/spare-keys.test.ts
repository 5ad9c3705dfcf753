import { expect, test } from 'vitest';
import { MAX_BACKLOG_MS, REUSE_MS, SpareKeys } from '../../../server/desktop/spare-keys.js';

const nothingHeld = () => false;

/** Takes keycodes at the given times. */
function taken(spare: SpareKeys, timesMs: readonly number[]): Array<number | undefined> {
  return timesMs.map((nowMs) => spare.take(nothingHeld, nowMs)?.keycode);
}

test('a keycode is taken again only after all others', () => {
  expect(taken(new SpareKeys([255, 254, 253]), [0, 1, 2, 3])).toEqual([255, 254, 253, 255]);
});

test('one that was used again goes to the end of the line; others leave the line alone', () => {
  const spare = new SpareKeys([255, 254, 253]);
  spare.touch(255, 0);
  spare.touch(38, 0);
  expect(taken(spare, [0, 0, 0])).toEqual([254, 253, 255]);
});

test('a held keycode is never taken', () => {
  const spare = new SpareKeys([255, 254]);
  expect(spare.take((keycode) => keycode === 255, 0)?.keycode).toBe(254);
  expect(spare.take(() => true, 0)).toBeUndefined();
});

test('after a change of the keymap the keycodes keep their turn, new ones first', () => {
  const spare = new SpareKeys([255, 254, 253]);
  spare.take(nothingHeld, 0);
  spare.replace([252, 253, 255]);
  expect(taken(spare, [0, 0, 0])).toEqual([252, 253, 255]);
});

test('a keycode that was used a moment ago waits; what is taken after that wait counts from its end', () => {
  const spare = new SpareKeys([255, 254]);
  expect(spare.take(nothingHeld, 0)).toEqual({ keycode: 255, delayMs: 0 });
  expect(spare.take(nothingHeld, 50)).toEqual({ keycode: 254, delayMs: 0 });
  expect(spare.take(nothingHeld, 100)).toEqual({ keycode: 255, delayMs: REUSE_MS - 100 });
  // The X server waits until 300; the other keycode was used at 50.
  expect(spare.take(nothingHeld, 100)).toEqual({ keycode: 254, delayMs: 50 });
  expect(spare.take(nothingHeld, 2_000)).toEqual({ keycode: 255, delayMs: 0 });
});

test('waits pile up to a limit', () => {
  const spare = new SpareKeys([255]);
  const waits = Array.from({ length: 20 }, () => spare.take(nothingHeld, 0)?.delayMs ?? 0);
  expect(waits.reduce((sum, wait) => sum + wait)).toBe(MAX_BACKLOG_MS);
});
