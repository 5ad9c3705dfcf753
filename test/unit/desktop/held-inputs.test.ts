import { expect, test } from 'vitest';
import { HeldInputs } from '../../../server/desktop/input/held-inputs.js';

test('a release returns what was noted at the press, once', () => {
  const held = new HeldInputs<number>();
  held.down(0x61, 38, 0);
  expect(held.has(0x61)).toBe(true);
  expect(held.up(0x61)).toBe(38);
  expect(held.up(0x61)).toBeUndefined();
  expect(held.size).toBe(0);
});

test('what is held too long is found by the time of its press', () => {
  const held = new HeldInputs<number>();
  held.down(1, 1, 0);
  held.down(2, 2, 500);
  expect(held.heldFor(10_000, 9_999)).toEqual([]);
  expect(held.heldFor(10_000, 10_000)).toEqual([1]);
  expect(held.heldFor(10_000, 10_500)).toEqual([1, 2]);
});

test('ids come in the order of their presses, and a shared release is in use until the last one goes', () => {
  const held = new HeldInputs<number>();
  held.down(0x41, 38, 0);
  held.down(0x61, 38, 1);
  expect(held.ids()).toEqual([0x41, 0x61]);
  held.up(0x41);
  expect(held.uses(38)).toBe(true);
  held.up(0x61);
  expect(held.uses(38)).toBe(false);
});
