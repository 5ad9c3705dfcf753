/** The part of a KeyboardEvent that names a key. */
export interface KeyName {
  /** KeyboardEvent.key: the character in the user's layout, or a name such as `Enter`. */
  readonly key: string;
  /** KeyboardEvent.code: the physical key. */
  readonly code: string;
}

/** X keysyms of named keys (X11/keysymdef.h), by KeyboardEvent.key. Keys with a left and a right one are in SIDED. */
const NAMED: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Tab: 0xff09,
  Clear: 0xff0b,
  Enter: 0xff0d,
  Pause: 0xff13,
  ScrollLock: 0xff14,
  Escape: 0xff1b,
  Delete: 0xffff,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Select: 0xff60,
  PrintScreen: 0xff61,
  Execute: 0xff62,
  Insert: 0xff63,
  Undo: 0xff65,
  Redo: 0xff66,
  ContextMenu: 0xff67,
  Find: 0xff68,
  Cancel: 0xff69,
  Help: 0xff6a,
  NumLock: 0xff7f,
  CapsLock: 0xffe5,
  Multi_key: 0xff20,
  Compose: 0xff20,
  Convert: 0xff23,
  NonConvert: 0xff22,
  KanaMode: 0xff2d,
  HangulMode: 0xff31,
  HanjaMode: 0xff34,
  Hyper: 0xffed,
  AudioVolumeDown: 0x1008ff11,
  AudioVolumeMute: 0x1008ff12,
  AudioVolumeUp: 0x1008ff13,
  MediaPlayPause: 0x1008ff14,
  MediaStop: 0x1008ff15,
  MediaTrackPrevious: 0x1008ff16,
  MediaTrackNext: 0x1008ff17,
  BrowserBack: 0x1008ff26,
  BrowserForward: 0x1008ff27,
  BrowserRefresh: 0x1008ff29,
  BrowserSearch: 0x1008ff1b,
  BrowserHome: 0x1008ff18,
};

const SIDED: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Shift: [0xffe1, 0xffe2],
  Control: [0xffe3, 0xffe4],
  Meta: [0xffeb, 0xffec],
  Alt: [0xffe9, 0xffea],
};

/** Keys of the number pad by KeyboardEvent.key; digits and signs are computed. */
const KEYPAD: Readonly<Record<string, number>> = {
  Enter: 0xff8d,
  Home: 0xff95,
  ArrowLeft: 0xff96,
  ArrowUp: 0xff97,
  ArrowRight: 0xff98,
  ArrowDown: 0xff99,
  PageUp: 0xff9a,
  PageDown: 0xff9b,
  End: 0xff9c,
  Clear: 0xff9d,
  Insert: 0xff9e,
  Delete: 0xff9f,
  '*': 0xffaa,
  '+': 0xffab,
  ',': 0xffac,
  '-': 0xffad,
  '.': 0xffae,
  '/': 0xffaf,
  '=': 0xffbd,
};

export const KEYSYM = {
  backspace: 0xff08,
  tab: 0xff09,
  enter: 0xff0d,
  shiftLeft: 0xffe1,
  shiftRight: 0xffe2,
  controlLeft: 0xffe3,
  controlRight: 0xffe4,
  altLeft: 0xffe9,
  altRight: 0xffea,
  superLeft: 0xffeb,
  superRight: 0xffec,
} as const;

/** The keysym of a character: Latin-1 stands for itself, all else is 0x01000000 plus its code point (X11 protocol, appendix A). */
export function characterKeysym(codePoint: number): number {
  if (codePoint === 0x0a || codePoint === 0x0d) return KEYSYM.enter;
  if (codePoint === 0x09) return KEYSYM.tab;
  if ((codePoint >= 0x20 && codePoint <= 0x7e) || (codePoint >= 0xa0 && codePoint <= 0xff)) return codePoint;
  return 0x01000000 + codePoint;
}

/** The X keysym of a key, or null for keys without a meaning on the desktop (dead keys, the IME's own keys, unknown ones). */
export function keysymOf({ key, code }: KeyName): number | null {
  if (code.startsWith('Numpad')) {
    const digit = /^[0-9]$/.test(key) ? 0xffb0 + Number(key) : undefined;
    const keypad = digit ?? KEYPAD[key];
    if (keypad !== undefined) return keypad;
  }
  const sided = SIDED[key];
  if (sided) return sided[code.endsWith('Right') ? 1 : 0];
  const named = NAMED[key];
  if (named !== undefined) return named;
  const functionKey = /^F([1-9]|[12][0-9]|3[0-5])$/.exec(key);
  if (functionKey) return 0xffbe + Number(functionKey[1]) - 1;
  return singleCharacter(key);
}

/**
 * The keysym of the Latin letter on this physical key, for shortcuts typed on a layout without Latin letters
 * (Ctrl and the key of С is Ctrl+C to every application); null where the key has none.
 */
export function latinKeysym(code: string): number | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return letter.toLowerCase().charCodeAt(0);
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  return digit ? digit.charCodeAt(0) : null;
}

function singleCharacter(key: string): number | null {
  const codePoint = key.codePointAt(0);
  if (codePoint === undefined || String.fromCodePoint(codePoint) !== key) return null;
  return characterKeysym(codePoint);
}
