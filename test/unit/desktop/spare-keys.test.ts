import { expect, test } from 'vitest';
import { SpareKeys } from '../../../server/desktop/spare-keys.js';

const nothingHeld = () => false;

test('a keycode is taken again only after all others', () => {
  const spare = new SpareKeys([255, 254, 253]);
  expect([1, 2, 3, 4].map(() => spare.take(nothingHeld))).toEqual([255, 254, 253, 255]);
});

test('one that was used again goes to the end of the line; others leave the line alone', () => {
  const spare = new SpareKeys([255, 254, 253]);
  spare.touch(255);
  spare.touch(38);
  expect([1, 2, 3].map(() => spare.take(nothingHeld))).toEqual([254, 253, 255]);
});

test('a held keycode is never taken', () => {
  const spare = new SpareKeys([255, 254]);
  expect(spare.take((keycode) => keycode === 255)).toBe(254);
  expect(spare.take(() => true)).toBeUndefined();
});

test('after a change of the keymap the keycodes keep their turn, new ones first', () => {
  const spare = new SpareKeys([255, 254, 253]);
  spare.take(nothingHeld);
  spare.replace([252, 253, 255]);
  expect([1, 2, 3].map(() => spare.take(nothingHeld))).toEqual([252, 253, 255]);
});
