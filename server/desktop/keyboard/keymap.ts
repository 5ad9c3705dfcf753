/** [P] The keyboard mapping of an X server as XKB describes it, and what its keys yield (X Keyboard Extension Protocol 1.0). */

/** How a group of symbols chooses a level by the modifiers that are active. */
export interface KeyType {
  readonly modifiers: number;
  readonly levels: ReadonlyArray<{ readonly modifiers: number; readonly level: number }>;
}

/** The effect of a key press besides its symbol; actions without effect on modifiers are `other`. */
export type XkbAction =
  | { readonly kind: 'none' }
  | { readonly kind: 'set-modifiers' | 'lock-modifiers'; readonly modifiers: number }
  | { readonly kind: 'other' };

export interface Key {
  /** Index into `Keymap.types` for each group. */
  readonly types: readonly number[];
  readonly groups: number;
  /** Handling of a group beyond the last: bits 6-7 wrap, clamp or redirect, bits 4-5 the target. */
  readonly outOfRange: number;
  /** Symbols per group. */
  readonly width: number;
  readonly symbols: readonly number[];
  readonly actions: readonly XkbAction[];
  /** Modifiers that the key sets by the core protocol's modifier map. */
  readonly modifiers: number;
}

export interface Keymap {
  readonly firstKeycode: number;
  readonly types: readonly KeyType[];
  /** `keys[i]` is the key with the code `firstKeycode + i`. */
  readonly keys: readonly Key[];
}

/** The modifiers (core mask) and group that decide what a key yields. */
export interface Level {
  readonly modifiers: number;
  readonly group: number;
}

/** The symbol that `key` yields, 0 for none. */
export function symbolOf(keymap: Keymap, key: Key, { modifiers, group }: Level): number {
  const place = placeOf(keymap, key, { modifiers, group });
  return place === undefined ? 0 : (key.symbols[place] ?? 0);
}

/** The action of `key` at this level. */
export function actionOf(keymap: Keymap, key: Key, at: Level): XkbAction {
  const place = placeOf(keymap, key, at);
  return (place === undefined ? undefined : key.actions[place]) ?? { kind: 'none' };
}

/** The first keycode that yields `keysym` at this level, or undefined. */
export function keycodeOf(keymap: Keymap, keysym: number, at: Level): number | undefined {
  for (const [index, key] of keymap.keys.entries()) {
    // Few keys have the symbol at any level, and this check is cheaper than computing the level.
    if (key.symbols.includes(keysym) && symbolOf(keymap, key, at) === keysym) return keymap.firstKeycode + index;
  }
  return undefined;
}

/** The keymap with the key of `keycode` replaced. */
export function withKey(keymap: Keymap, keycode: number, key: Key): Keymap {
  return { ...keymap, keys: keymap.keys.with(keycode - keymap.firstKeycode, key) };
}

const REDIRECT = 0x80;
const CLAMP = 0x40;

function placeOf(keymap: Keymap, key: Key, { modifiers, group }: Level): number | undefined {
  if (key.groups === 0) return undefined;
  const effective = groupInRange(key, group);
  const type = keymap.types[key.types[effective] ?? 0];
  if (!type) return undefined;
  const active = modifiers & type.modifiers;
  const level = type.levels.find((entry) => entry.modifiers === active)?.level ?? 0;
  return level < key.width ? effective * key.width + level : undefined;
}

function groupInRange(key: Key, group: number): number {
  if (group < key.groups) return group;
  if (key.outOfRange & REDIRECT) return redirected(key);
  return key.outOfRange & CLAMP ? key.groups - 1 : group % key.groups;
}

/** A redirection to a group that does not exist leads to the first one. */
function redirected(key: Key): number {
  const target = (key.outOfRange >> 4) & 3;
  return target < key.groups ? target : 0;
}
