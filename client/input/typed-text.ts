import { characterKeysym, KEYSYM } from './keysym.js';

/** The input of an on-screen keyboard or an IME, as keys and texts for the desktop. */
export type TextAction =
  | { readonly kind: 'press'; readonly keysym: number }
  /** Too long to be typed key by key: goes over the clipboard. */
  | { readonly kind: 'paste'; readonly text: string };

/** Sixty key events are unnoticeable; a dictated paragraph is not. */
export const MAX_TYPED_CHARACTERS = 60;

/**
 * Fills the field of an on-screen keyboard before any text was typed: in an empty field a keyboard does not report
 * Backspace.
 */
export const FILLER = ' ';

/** Lines end in a line feed on the desktop, whatever they ended in on this device. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * The keys that turn the field's old text into its new one: Backspace for characters removed at its end, then the new ones.
 * On-screen keyboards report no keys; they rewrite the last word as they correct it.
 */
export function textChange(before: string, after: string): TextAction[] {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same++;
  const erased: TextAction[] = old.slice(same).map(() => ({ kind: 'press', keysym: KEYSYM.backspace }));
  return [...erased, ...typeText(now.slice(same).join(''))];
}

/** The same for a field that begins with the filler; without it, Backspace went past the beginning of what was typed. */
export function fieldChange(before: string, after: string): TextAction[] {
  if (!before.startsWith(FILLER) || after.startsWith(FILLER)) return textChange(before, after);
  const typed = before.slice(FILLER.length);
  return typed === '' && after === '' ? [{ kind: 'press', keysym: KEYSYM.backspace }] : textChange(typed, after);
}

/** Text as key presses, or as one paste if it is long. */
export function typeText(text: string): TextAction[] {
  const characters = [...withLineFeeds(text)];
  if (characters.length > MAX_TYPED_CHARACTERS) return [{ kind: 'paste', text: characters.join('') }];
  return characters.map((character) => ({ kind: 'press', keysym: characterKeysym(character.codePointAt(0) ?? 0x20) }));
}
