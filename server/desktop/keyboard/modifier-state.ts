import { assertNever } from '../../lib/assert-never.js';
import type { Level, XkbAction } from './keymap.js';

/**
 * [P] The modifiers and group as the X server will have them once it has processed everything sent so far.
 *
 * The server's report comes a round trip late; a letter sent right behind its Shift must be looked up with the Shift. So the
 * effect of keys is predicted here, and corrected whenever the server reports.
 */
export interface ModifierState {
  /** Modifiers of held keys: the keycode and what it set. */
  readonly held: ReadonlyMap<number, { readonly modifiers: number; readonly unlocks: number }>;
  readonly locked: number;
  readonly latched: number;
  /** Modifiers that the server reports as held, through other input. */
  readonly others: number;
  readonly group: number;
}

export const NO_MODIFIERS: ModifierState = { held: new Map(), locked: 0, latched: 0, others: 0, group: 0 };

/** The modifiers (core mask) and group that decide what the next key yields. */
export function levelOf(state: ModifierState): Level {
  let modifiers = state.locked | state.latched | state.others;
  for (const { modifiers: mask } of state.held.values()) modifiers |= mask;
  return { modifiers, group: state.group };
}

/** The state after the key of `keycode` went down and carried out `action`. */
export function pressed(state: ModifierState, keycode: number, action: XkbAction): ModifierState {
  switch (action.kind) {
    case 'none':
    case 'other':
      return state;
    case 'set-modifiers':
      return { ...state, held: new Map(state.held).set(keycode, { modifiers: action.modifiers, unlocks: 0 }) };
    case 'lock-modifiers': {
      // A lock that is on already goes off, but only when the key is let go (XKB protocol, 6.3).
      const unlocks = action.modifiers & state.locked;
      const held = new Map(state.held).set(keycode, { modifiers: action.modifiers, unlocks });
      return { ...state, held, locked: state.locked | action.modifiers };
    }
    default:
      return assertNever(action);
  }
}

/** The state after the key of `keycode` was let go. */
export function released(state: ModifierState, keycode: number): ModifierState {
  const key = state.held.get(keycode);
  if (!key) return state;
  const held = new Map(state.held);
  held.delete(keycode);
  return { ...state, held, locked: state.locked & ~key.unlocks };
}

/** The state after the modifiers in `affected` were locked (those in `locks`) or unlocked. */
export function locked(state: ModifierState, affected: number, locks: number): ModifierState {
  return { ...state, locked: (state.locked & ~affected) | (locks & affected) };
}

/** The state with the server's report, which must be newer than everything sent. */
export function reportedModifiers(
  state: ModifierState,
  report: { readonly baseMods: number; readonly latchedMods: number; readonly lockedMods: number; readonly group: number },
): ModifierState {
  let own = 0;
  for (const { modifiers } of state.held.values()) own |= modifiers;
  return {
    held: state.held,
    locked: report.lockedMods,
    latched: report.latchedMods,
    others: report.baseMods & ~own,
    group: report.group,
  };
}
