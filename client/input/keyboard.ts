import { KEYSYM, type KeyName, keysymOf, latinKeysym } from './keysym.js';

/** The part of a KeyboardEvent that the mapping needs. */
export interface KeyInput extends KeyName {
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  /** getModifierState('AltGraph'). */
  readonly altGraph: boolean;
}

export type Platform = 'mac' | 'windows' | 'other';

export type KeyAction = { readonly kind: 'down' | 'up'; readonly keysym: number };

export interface KeyboardState {
  /** The keysym pressed for each physical key, so that its release matches even when modifiers have changed. */
  readonly held: ReadonlyMap<string, number>;
  /** A left Ctrl on Windows that may turn out to be the first half of AltGr. */
  readonly doubtfulControlMs: number | null;
  /** An Option key on a Mac: a level shift or Alt, depending on the key that follows. */
  readonly doubtfulOption: string | null;
}

/** The state, the commands to send, and whether the browser's own action for the key is suppressed. */
export type KeyStep = readonly [KeyboardState, readonly KeyAction[], 'ours' | 'browser'];

/** Windows sends both halves of AltGr within a few ms, faster than a hand presses two keys. */
export const ALTGR_MS = 50;

export const NO_KEYS: KeyboardState = { held: new Map(), doubtfulControlMs: null, doubtfulOption: null };

/** A key went down. Dead keys and IME keys are left to the browser, which composes them to text. */
export function keyDown(state: KeyboardState, input: KeyInput, platform: Platform, nowMs: number): KeyStep {
  if (input.isComposing || input.key === 'Process' || input.key === 'Dead' || input.key === 'Unidentified')
    return [state, [], 'browser'];
  // AltGr only chooses among the characters of the user's own layout; the chosen one is what counts.
  if (input.key === 'AltGraph') return [{ ...state, doubtfulControlMs: null }, [], 'ours'];
  if (platform === 'windows' && input.code === 'ControlLeft' && input.key === 'Control' && !state.held.has('ControlLeft')) {
    return [{ ...state, doubtfulControlMs: state.doubtfulControlMs ?? nowMs }, [], 'ours'];
  }
  if (platform === 'mac' && input.key === 'Alt') return [{ ...state, doubtfulOption: input.code }, [], 'ours'];

  const [settled, actions] = settleDoubts(state, input);
  const keysym = chooseKeysym(input, platform);
  if (keysym === null) return [settled, actions, 'ours'];
  const down: KeyAction = { kind: 'down', keysym };
  // Keys without a code (macro keyboards, auto-type) may be released under another name or never.
  if (input.code === '' && !isModifier(keysym)) return [settled, [...actions, down, { kind: 'up', keysym }], 'ours'];
  // macOS never reports the release of a key pressed while Command is held.
  if (platform === 'mac' && input.metaKey && input.key !== 'Meta')
    return [settled, [...actions, down, { kind: 'up', keysym }], 'ours'];
  return [{ ...settled, held: new Map(settled.held).set(placeOf(input), keysym) }, [...actions, down], 'ours'];
}

/** A key went up. */
export function keyUp(state: KeyboardState, input: KeyName): KeyStep {
  if (input.code === 'ControlLeft' && state.doubtfulControlMs !== null) {
    const actions: KeyAction[] = [
      { kind: 'down', keysym: KEYSYM.controlLeft },
      { kind: 'up', keysym: KEYSYM.controlLeft },
    ];
    return [{ ...state, doubtfulControlMs: null }, actions, 'ours'];
  }
  const undoubted = state.doubtfulOption === input.code ? { ...state, doubtfulOption: null } : state;
  const place = placeOf(input);
  const keysym = undoubted.held.get(place);
  if (keysym === undefined) return [undoubted, [], 'ours'];
  const held = new Map(undoubted.held);
  held.delete(place);
  return [{ ...undoubted, held }, [{ kind: 'up', keysym }], 'ours'];
}

/** A left Ctrl that stayed alone for ALTGR_MS is a Ctrl. Call it when that time is over. */
export function settleControl(state: KeyboardState, nowMs: number): readonly [KeyboardState, readonly KeyAction[]] {
  if (state.doubtfulControlMs === null || nowMs - state.doubtfulControlMs < ALTGR_MS) return [state, []];
  return pressControl(state);
}

/** The modifiers that the browser reports as down. */
export type Modifiers = Pick<KeyInput, 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>;

/**
 * Releases the modifiers that the browser reports as up: their own release was lost, as Windows loses that of one Shift
 * while the other one is down. The key of the event itself, if any, is left alone.
 */
export function releaseLost(
  state: KeyboardState,
  modifiers: Modifiers,
  except: KeyName | null,
): readonly [KeyboardState, readonly KeyAction[]] {
  const spared = except === null ? null : placeOf(except);
  const lost = [...state.held].filter(([place, keysym]) => place !== spared && isUp(place, keysym, modifiers));
  if (lost.length === 0) return [state, []];
  const held = new Map(state.held);
  for (const [place] of lost) held.delete(place);
  return [{ ...state, held }, lost.map(([, keysym]): KeyAction => ({ kind: 'up', keysym }))];
}

/** After the release of a Shift on Windows with no Shift left, both are up, though only one release was reported. */
export function releaseBoth(
  state: KeyboardState,
  input: KeyName,
  modifiers: Modifiers,
  platform: Platform,
): readonly [KeyboardState, readonly KeyAction[]] {
  return platform === 'windows' && input.key === 'Shift' ? releaseLost(state, modifiers, null) : [state, []];
}

/** Releases everything: the window lost focus, or control is gone. */
export function releaseAll(state: KeyboardState): readonly [KeyboardState, readonly KeyAction[]] {
  return [NO_KEYS, [...new Set(state.held.values())].map((keysym) => ({ kind: 'up', keysym }))];
}

/** Does this page hold one of these keys on the desktop? */
export function holds(state: KeyboardState, ...codes: readonly string[]): boolean {
  return codes.some((code) => state.held.has(code));
}

/** The id of a held key: its code, or its name where it has no code. */
function placeOf({ key, code }: KeyName): string {
  return code === '' ? key : code;
}

const FLAGS: ReadonlyArray<readonly [flag: keyof Modifiers, place: RegExp, keysyms: readonly number[]]> = [
  ['shiftKey', /^Shift/, [KEYSYM.shiftLeft, KEYSYM.shiftRight]],
  ['ctrlKey', /^Control/, [KEYSYM.controlLeft, KEYSYM.controlRight]],
  ['altKey', /^Alt/, [KEYSYM.altLeft, KEYSYM.altRight]],
  ['metaKey', /^(?:Meta|OS)/, [KEYSYM.superLeft, KEYSYM.superRight]],
];

function isModifier(keysym: number): boolean {
  return FLAGS.some(([, , keysyms]) => keysyms.includes(keysym));
}

/** A key is held under its code and its keysym: Command is held as Ctrl, and Alt with Shift may be Meta. */
function isUp(place: string, keysym: number, modifiers: Modifiers): boolean {
  const flags = FLAGS.filter(([, places, keysyms]) => places.test(place) || keysyms.includes(keysym)).map(([flag]) => flag);
  return flags.length > 0 && flags.every((flag) => !modifiers[flag]);
}

function pressControl(state: KeyboardState): [KeyboardState, KeyAction[]] {
  const held = new Map(state.held).set('ControlLeft', KEYSYM.controlLeft);
  return [{ ...state, held, doubtfulControlMs: null }, [{ kind: 'down', keysym: KEYSYM.controlLeft }]];
}

function settleDoubts(state: KeyboardState, input: KeyInput): [KeyboardState, KeyAction[]] {
  const [settled, actions] =
    state.doubtfulControlMs === null || input.altGraph ? [{ ...state, doubtfulControlMs: null }, []] : pressControl(state);
  const option = settled.doubtfulOption;
  // On a Mac, Option with a letter makes a character; with an arrow, a function key or Tab it is Alt.
  if (option === null || !input.altKey || isCharacter(input.key)) return [settled, actions];
  const held = new Map(settled.held).set(option, KEYSYM.altLeft);
  return [{ ...settled, held, doubtfulOption: null }, [...actions, { kind: 'down', keysym: KEYSYM.altLeft }]];
}

function chooseKeysym(input: KeyInput, platform: Platform): number | null {
  // Command does on a Mac what Ctrl does on the desktop: copy, paste, new tab.
  if (platform === 'mac' && input.key === 'Meta') return KEYSYM.controlLeft;
  const keysym = keysymOf(input);
  const isShortcut = (input.ctrlKey || input.altKey || input.metaKey) && !input.altGraph;
  if (isShortcut && isCharacter(input.key) && (input.key.codePointAt(0) ?? 0) > 0x24f) return latinKeysym(input.code) ?? keysym;
  return keysym;
}

function isCharacter(key: string): boolean {
  return [...key].length === 1;
}
