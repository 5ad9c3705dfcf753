/** [P] Facts about X keysyms (X Window System Protocol, appendix A): which characters they stand for and in which case. */

const UNICODE_BASE = 0x01000000;
const LAST_UNICODE = 0x0110ffff;
const LAST_KEYSYM = 0x1fffffff;

export const TAB = 0xff09;
export const ISO_LEFT_TAB = 0xfe20;

/** The keysym that means the same as `keysym` and is the one in use; undefined for an invalid keysym (0 included). */
export function canonicalKeysym(keysym: number): number | undefined {
  if (!Number.isInteger(keysym) || keysym <= 0 || keysym > LAST_KEYSYM) return undefined;
  // The Unicode range below U+0100 is reserved: those characters are their own Latin-1 keysyms.
  const codePoint = keysym - UNICODE_BASE;
  return isLatin1(codePoint) ? codePoint : keysym;
}

/** The keysym of a character, given as its code point. */
export function keysymOfCodePoint(codePoint: number): number {
  return isLatin1(codePoint) ? codePoint : UNICODE_BASE + codePoint;
}

/** The lower and upper case keysyms of a letter that has both; undefined for anything else. */
export function casePair(keysym: number): { readonly lower: number; readonly upper: number } | undefined {
  const codePoint = codePointOf(keysym);
  if (codePoint === undefined) return undefined;
  const character = String.fromCodePoint(codePoint);
  const lower = single(character.toLowerCase());
  const upper = single(character.toUpperCase());
  if (lower === undefined || upper === undefined || lower === upper) return undefined;
  // Only a true pair can share a key: the micro sign, for one, has a capital that leads back to another letter.
  if (single(String.fromCodePoint(upper).toLowerCase()) !== lower || (codePoint !== lower && codePoint !== upper))
    return undefined;
  return { lower: keysymOfCodePoint(lower), upper: keysymOfCodePoint(upper) };
}

function codePointOf(keysym: number): number | undefined {
  if (isLatin1(keysym)) return keysym;
  return keysym > UNICODE_BASE && keysym <= LAST_UNICODE ? keysym - UNICODE_BASE : undefined;
}

function isLatin1(value: number): boolean {
  return (value >= 0x20 && value <= 0x7e) || (value >= 0xa0 && value <= 0xff);
}

function single(text: string): number | undefined {
  const codePoint = text.codePointAt(0);
  return codePoint !== undefined && String.fromCodePoint(codePoint) === text ? codePoint : undefined;
}
