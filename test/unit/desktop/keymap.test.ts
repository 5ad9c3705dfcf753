import { expect, test } from 'vitest';
import { actionOf, type Key, type Keymap, keycodeOf, symbolOf, withKey } from '../../../server/desktop/keyboard/keymap.js';
import { spareKeycodes } from '../../../server/desktop/keyboard/spare-keycodes.js';

const SHIFT = 1;
const LOCK = 2;
const CONTROL = 4;
const MOD5 = 128;
const WRAP = 0x00;
const CLAMP = 0x40;
const REDIRECT_TO_SECOND = 0x90;

const TYPES: Keymap['types'] = [
  { modifiers: 0, levels: [] },
  { modifiers: SHIFT, levels: [{ modifiers: SHIFT, level: 1 }] },
  {
    modifiers: SHIFT | LOCK,
    levels: [
      { modifiers: SHIFT, level: 1 },
      { modifiers: LOCK, level: 1 },
    ],
  },
  {
    modifiers: SHIFT | MOD5,
    levels: [
      { modifiers: SHIFT, level: 1 },
      { modifiers: MOD5, level: 2 },
      { modifiers: SHIFT | MOD5, level: 3 },
    ],
  },
];

function key(change: Partial<Key>): Key {
  return { types: [0, 0, 0, 0], groups: 1, outOfRange: WRAP, width: 1, symbols: [], actions: [], modifiers: 0, ...change };
}

const KEYMAP: Keymap = {
  firstKeycode: 8,
  types: TYPES,
  keys: [
    key({ groups: 0, width: 0 }),
    key({ types: [2, 0, 0, 0], width: 2, symbols: [0x61, 0x41] }),
    key({ types: [3, 0, 0, 0], width: 4, symbols: [0x71, 0x51, 0x40, 0x7d9] }),
    key({ types: [1, 1, 0, 0], groups: 2, width: 2, symbols: [0x31, 0x21, 0x6b1, 0x6b2] }),
    key({ symbols: [0xffe1], actions: [{ kind: 'set-modifiers', modifiers: SHIFT }], modifiers: SHIFT }),
    key({ width: 2, symbols: [0, 0] }),
    key({ types: [1, 0, 0, 0], width: 2, symbols: [0xffeb, 0xffeb], actions: [{ kind: 'none' }, { kind: 'other' }] }),
  ],
};

test.each([
  ['a plain letter', 9, 0, 0, 0x61],
  ['with Shift', 9, SHIFT, 0, 0x41],
  ['with Lock', 9, LOCK, 0, 0x41],
  ['Shift and Lock take each other away', 9, SHIFT | LOCK, 0, 0x61],
  ['a modifier that the type ignores', 9, CONTROL, 0, 0x61],
  ['the third level', 10, MOD5, 0, 0x40],
  ['the fourth level', 10, MOD5 | SHIFT, 0, 0x7d9],
  ['the second group', 11, SHIFT, 1, 0x6b2],
  ['a key without symbols', 8, 0, 0, 0],
])('symbol: %s', (_name, keycode, modifiers, group, symbol) => {
  expect(symbolOf(KEYMAP, KEYMAP.keys[keycode - 8]!, { modifiers, group })).toBe(symbol);
});

test.each([
  ['wrap', WRAP, 2, 0x31],
  ['wrap', WRAP, 3, 0x6b1],
  ['clamp', CLAMP, 3, 0x6b1],
  ['redirect', REDIRECT_TO_SECOND, 2, 0x6b1],
])('a group out of range: %s (group %#)', (_name, outOfRange, group, symbol) => {
  expect(symbolOf(KEYMAP, { ...KEYMAP.keys[3]!, outOfRange }, { modifiers: 0, group })).toBe(symbol);
});

test('a keysym is found only where the present modifiers yield it', () => {
  expect(keycodeOf(KEYMAP, 0x41, { modifiers: 0, group: 0 })).toBeUndefined();
  expect(keycodeOf(KEYMAP, 0x41, { modifiers: SHIFT, group: 0 })).toBe(9);
  expect(keycodeOf(KEYMAP, 0x61, { modifiers: SHIFT, group: 0 })).toBeUndefined();
  expect(keycodeOf(KEYMAP, 0x6b1, { modifiers: 0, group: 1 })).toBe(11);
});

test('spare are listed keycodes without modifiers and actions, whatever symbol they have, the unassigned first', () => {
  const keys = Array.from({ length: 248 }, () => key({}));
  const keymap = { ...KEYMAP, keys };
  const all = spareKeycodes(keymap);
  expect(all.slice(0, 2)).toEqual([248, 230]);
  // Codes that browsers take for Back, Forward and Reload.
  for (const keycode of [166, 167, 181]) expect(all).not.toContain(keycode);
  const used = withKey(withKey(keymap, 248, key({ modifiers: MOD5 })), 230, key({ actions: [{ kind: 'other' }] }));
  expect(spareKeycodes(withKey(used, 222, key({ symbols: [0x4e00] })))).toEqual(all.slice(2));
});

test('the action is that of the level', () => {
  const at = (modifiers: number) => ({ modifiers, group: 0 });
  expect(actionOf(KEYMAP, KEYMAP.keys[4]!, at(0))).toEqual({ kind: 'set-modifiers', modifiers: SHIFT });
  expect(actionOf(KEYMAP, KEYMAP.keys[6]!, at(0))).toEqual({ kind: 'none' });
  expect(actionOf(KEYMAP, KEYMAP.keys[6]!, at(SHIFT))).toEqual({ kind: 'other' });
  expect(actionOf(KEYMAP, KEYMAP.keys[1]!, at(0))).toEqual({ kind: 'none' });
});
