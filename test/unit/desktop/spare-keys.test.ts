import { expect, test } from 'vitest';
import { MAX_BACKLOG_MS, REUSE_MS, SETTLE_MS, SpareKeys } from '../../../server/desktop/keyboard/spare-keys.js';

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

test('a new binding gets time to reach applications, and a keycode used a moment ago waits before it is bound anew', () => {
  const spare = new SpareKeys([255, 254]);
  expect(spare.take(nothingHeld, 0)).toEqual({ keycode: 255, beforeMs: 0, afterMs: SETTLE_MS });
  expect(spare.take(nothingHeld, 50)).toEqual({ keycode: 254, beforeMs: 0, afterMs: SETTLE_MS });
  // 255 is pressed at 20, 254 at 70, 255 again at 340.
  expect(spare.take(nothingHeld, 100)).toEqual({ keycode: 255, beforeMs: SETTLE_MS + REUSE_MS - 100, afterMs: SETTLE_MS });
  expect(spare.take(nothingHeld, 100)).toEqual({ keycode: 254, beforeMs: 30, afterMs: SETTLE_MS });
  expect(spare.take(nothingHeld, 2_000)).toEqual({ keycode: 255, beforeMs: 0, afterMs: SETTLE_MS });
});

test('waits pile up to a limit, then there are none', () => {
  const spare = new SpareKeys([255]);
  const keys = Array.from({ length: 30 }, () => spare.take(nothingHeld, 0));
  const total = keys.reduce((sum, key) => sum + (key?.beforeMs ?? 0) + (key?.afterMs ?? 0), 0);
  expect(total).toBeLessThanOrEqual(MAX_BACKLOG_MS);
  expect(total).toBeGreaterThan(MAX_BACKLOG_MS - REUSE_MS - SETTLE_MS);
  expect(keys.at(-1)).toEqual({ keycode: 255, beforeMs: 0, afterMs: 0 });
});
