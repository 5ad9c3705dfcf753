/**
 * One character that can be seen, for expressions with the flag `u`: a letter, digit, punctuation mark or symbol, also of scripts
 * that are newer than this program. Not visible are blanks, marks that need a letter, and characters without ink (Hangul
 * filler, empty Braille cell, object replacement).
 */
export const SEEN_CHARACTER =
  '(?![\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2800\\uFFFC\\u{1D159}])[\\p{L}\\p{N}\\p{P}\\p{S}\\p{Cn}]';

const SEEN = new RegExp(SEEN_CHARACTER, 'u');
const LONE_SURROGATE = /\p{Cs}/u;
const LONE_SURROGATES = /\p{Cs}/gu;

/** Whether the text has a visible character. */
export function canBeSeen(text: string): boolean {
  return SEEN.test(text);
}

/** Whether the text has no half of a surrogate pair, so that it survives UTF-8. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** The text as a part of a URL; unlike `encodeURIComponent` alone it takes any text, halves of surrogate pairs included. */
export function uriPart(text: string): string {
  return encodeURIComponent(text.replace(LONE_SURROGATES, '\uFFFD'));
}
