import { expect, test } from 'vitest';
import type { XkbAction } from '../../../server/desktop/keyboard/keymap.js';
import {
  levelOf,
  locked,
  type ModifierState,
  NO_MODIFIERS,
  pressed,
  released,
  reportedModifiers,
} from '../../../server/desktop/keyboard/modifier-state.js';

const SHIFT: XkbAction = { kind: 'set-modifiers', modifiers: 1 };
const CAPS: XkbAction = { kind: 'lock-modifiers', modifiers: 2 };
const modifiers = (state: ModifierState) => levelOf(state).modifiers;

test('a modifier is on while its key is held; two keys of one modifier count apart', () => {
  let state = pressed(pressed(NO_MODIFIERS, 50, SHIFT), 62, SHIFT);
  expect(modifiers(state)).toBe(1);
  state = released(state, 50);
  expect(modifiers(state)).toBe(1);
  expect(modifiers(released(state, 62))).toBe(0);
});

test('a lock goes on with the press, and off with the release of the next press', () => {
  let state = pressed(NO_MODIFIERS, 66, CAPS);
  expect(modifiers(state)).toBe(2);
  state = released(state, 66);
  expect(modifiers(state)).toBe(2);
  state = pressed(state, 66, CAPS);
  expect(modifiers(state)).toBe(2);
  expect(modifiers(released(state, 66))).toBe(0);
});

test('other keys change nothing, and the state stays the very same', () => {
  expect(pressed(NO_MODIFIERS, 38, { kind: 'none' })).toBe(NO_MODIFIERS);
  expect(pressed(NO_MODIFIERS, 38, { kind: 'other' })).toBe(NO_MODIFIERS);
  expect(released(NO_MODIFIERS, 38)).toBe(NO_MODIFIERS);
});

test('locking concerns only the modifiers named', () => {
  expect(locked({ ...NO_MODIFIERS, locked: 2 | 16 }, 4 | 16, 4).locked).toBe(2 | 4);
});

test('a report corrects what was foreseen, and keeps what is held here apart from what others hold', () => {
  const state = pressed({ ...NO_MODIFIERS, locked: 16 }, 50, SHIFT);
  const corrected = reportedModifiers(state, { baseMods: 1 | 4, latchedMods: 8, lockedMods: 2, group: 1 });
  expect(levelOf(corrected)).toEqual({ modifiers: 1 | 4 | 8 | 2, group: 1 });
  expect(levelOf(released(corrected, 50))).toEqual({ modifiers: 4 | 8 | 2, group: 1 });
});
