import { expect, test } from 'vitest';
import { canonicalKeysym, casePair, keysymOfCodePoint } from '../../../server/desktop/keyboard/keysym.js';

test.each([
  ['none', 0, undefined],
  ['negative', -5, undefined],
  ['beyond 29 bits', 0x20000000, undefined],
  ['not a whole number', 1.5, undefined],
  ['a letter', 0x61, 0x61],
  ['Latin-1 said in Unicode', 0x010000e4, 0xe4],
  ['Unicode', 0x010020ac, 0x010020ac],
  ['a function key', 0xffbe, 0xffbe],
  ['a multimedia key', 0x1008ff11, 0x1008ff11],
])('canonical keysym: %s', (_name, keysym, expected) => {
  expect(canonicalKeysym(keysym)).toBe(expected);
});

test.each([
  ['a', 0x61],
  ['ü', 0xfc],
  ['€', 0x010020ac],
  ['😀', 0x0101f600],
])('keysym of %s', (character, keysym) => {
  expect(keysymOfCodePoint(character.codePointAt(0)!)).toBe(keysym);
});

test.each([
  ['a', ['a', 'A']],
  ['A', ['a', 'A']],
  ['ä', ['ä', 'Ä']],
  ['ÿ', ['ÿ', 'Ÿ']],
  ['Ж', ['ж', 'Ж']],
  ['ω', ['ω', 'Ω']],
  // No capital of its own, a capital that is another letter's, and no letter at all.
  ['ß', undefined],
  ['µ', undefined],
  ['ς', undefined],
  ['1', undefined],
  ['中', undefined],
  ['😀', undefined],
])('case pair of %s', (character, pair) => {
  const [lower, upper] = (pair ?? []).map((letter) => keysymOfCodePoint(letter.codePointAt(0)!));
  expect(casePair(keysymOfCodePoint(character.codePointAt(0)!))).toEqual(pair && { lower, upper });
});

test('keys that are no characters have no case', () => {
  expect(casePair(0xff0d)).toBeUndefined();
  expect(casePair(0x6c1)).toBeUndefined();
});
