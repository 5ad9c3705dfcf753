import { HeldInputs } from '../input/held-inputs.js';
import type { XConnection } from '../x-connection.js';
import { KeymapMirror } from './keymap-mirror.js';
import { canonicalKeysym } from './keysym.js';
import { ModifierMirror } from './modifier-mirror.js';
import { CORE_KEYBOARD, XKB_MAP, XKB_NEW_KEYBOARD, XKB_STATE } from './xkb-wire.js';

const KEY_PRESS = 2;
const KEY_RELEASE = 3;
const XKB_EVENTS = (1 << XKB_NEW_KEYBOARD) | (1 << XKB_MAP) | (1 << XKB_STATE);
/** Types, symbols, modifier map and actions: the parts of a map that are read here. */
const XKB_MAP_PARTS = 0x17;

/** The keys of one X server, pressed by X keysym. Everything is written at once; nothing waits for the server. */
export class Keyboard {
  readonly #held = new HeldInputs<number>();
  readonly #modifiers: ModifierMirror;

  private constructor(
    readonly connection: XConnection,
    readonly keymap: KeymapMirror,
  ) {
    connection.xkb.SelectEvents(CORE_KEYBOARD, XKB_EVENTS, 0, XKB_EVENTS, XKB_MAP_PARTS, XKB_MAP_PARTS);
    this.#modifiers = new ModifierMirror(connection);
  }

  /** Reads the keymap of the server; undefined when the connection ended meanwhile or the map is unreadable. */
  static async open(connection: XConnection): Promise<Keyboard | undefined> {
    const keymap = await KeymapMirror.open(connection);
    return keymap && new Keyboard(connection, keymap);
  }

  /** Whether any key is held. */
  get holds(): boolean {
    return this.#held.size > 0;
  }

  /** Presses the key that yields `keysym` now, bound on the fly if there is none; a held or impossible keysym does nothing. */
  down(keysym: number, nowMs: number): void {
    const wanted = canonicalKeysym(keysym);
    if (wanted === undefined || this.#held.has(wanted)) return;
    const level = this.#modifiers.level();
    const isHeld = (candidate: number) => this.#held.uses(candidate);
    const keycode = this.keymap.find(wanted, level, nowMs) ?? this.keymap.bind(wanted, level, isHeld, nowMs);
    if (keycode === undefined) return;
    this.#held.down(wanted, keycode, nowMs);
    this.#send(KEY_PRESS, keycode, 0);
  }

  /** Lets go of `keysym` if it is held, after `delayMs` inside the X server. */
  up(keysym: number, delayMs = 0): void {
    const keycode = this.#held.up(canonicalKeysym(keysym) ?? 0);
    // Two held keysyms can share one key, as with Shift pressed in between: the last release lets the key go.
    if (keycode !== undefined && !this.#held.uses(keycode)) this.#send(KEY_RELEASE, keycode, delayMs);
  }

  /** Lets go of every held key, the last pressed first, after `delayMs` inside the X server. */
  releaseAll(delayMs = 0): void {
    for (const [index, keysym] of this.#held.ids().toReversed().entries()) this.up(keysym, index === 0 ? delayMs : 0);
  }

  /** Lets go of the keys that were pressed `limitMs` or longer ago. */
  releaseHeldFor(limitMs: number, nowMs: number): void {
    for (const keysym of this.#held.heldFor(limitMs, nowMs)) this.up(keysym);
  }

  /** Locks those modifiers of `affected` that are in `locks` and unlocks the others (core mask). */
  lock(affected: number, locks: number): void {
    if (affected !== 0) this.#modifiers.lock(affected, locks);
  }

  /** Runs `action` with `modifiers` (core mask) on, without any key event, and puts them back as they were. */
  withLocked(modifiers: number, action: () => void): void {
    const missing = modifiers & ~this.modifiers();
    this.lock(missing, missing);
    action();
    this.lock(missing, 0);
  }

  /** The modifiers that are on (core mask), with everything sent so far. */
  modifiers(): number {
    return this.#modifiers.level().modifiers;
  }

  close(): void {
    this.keymap.close();
    this.#modifiers.close();
  }

  #send(type: number, keycode: number, delayMs: number): void {
    const action = this.keymap.action(keycode, this.#modifiers.level());
    this.connection.xtest.FakeInput(type, keycode, delayMs, this.connection.root, 0, 0);
    this.#modifiers.keySent(type === KEY_PRESS, keycode, action);
  }
}
