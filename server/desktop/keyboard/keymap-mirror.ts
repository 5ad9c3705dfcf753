import type { XEvent } from 'x11';
import type { Dispose } from '../../lib/dispose.js';
import { askRaw, sendRaw } from '../raw-request.js';
import type { XConnection } from '../x-connection.js';
import { actionOf, type Key, type Keymap, keycodeOf, type Level, symbolOf, withKey, type XkbAction } from './keymap.js';
import { casePair, ISO_LEFT_TAB, TAB } from './keysym.js';
import { spareKeycodes } from './spare-keycodes.js';
import { SpareKeys } from './spare-keys.js';
import { ALPHABETIC, bindKeyRequest, getMapRequest, parseMap, XKB_MAP, XKB_NEW_KEYBOARD } from './xkb-wire.js';

const KEY_RELEASE = 3;

/** A copy of the server's keymap, so that a key can be looked up without a request; it follows changes by any client. */
export class KeymapMirror {
  readonly #connection: XConnection;
  readonly #release: Dispose;
  #keymap: Keymap;
  readonly #spare: SpareKeys;
  /** Keycodes that were changed here, whose change the X server will announce to us, too. */
  readonly #ownChanges = new Map<number, number>();
  #refreshing: 'no' | 'asked' | 'asked-and-outdated' = 'no';
  /** Keycodes bound since the map was requested: the answer may be older. */
  #boundMeanwhile = new Map<number, Key>();

  private constructor(connection: XConnection, keymap: Keymap) {
    this.#connection = connection;
    this.#keymap = keymap;
    this.#spare = new SpareKeys(spareKeycodes(keymap));
    this.#release = connection.onEvent((event) => this.#onEvent(event));
  }

  /** Reads the keymap of the server; undefined when the connection ended meanwhile or the map is unreadable. */
  static async open(connection: XConnection): Promise<KeymapMirror | undefined> {
    const body = await connection.ask<Buffer>((reply) => askRaw(connection.x, getMapRequest(connection.xkb.majorOpcode), reply));
    const keymap = body.ok ? parseMap(body.value) : body;
    return keymap.ok ? new KeymapMirror(connection, keymap.value) : undefined;
  }

  /** The keycode that yields `keysym` at this level, or undefined. */
  find(keysym: number, level: Level, nowMs: number): number | undefined {
    const keycode = keycodeOf(this.#keymap, keysym, level);
    // Shift and Tab together are a symbol of their own in most layouts, while clients still send Tab.
    const found = keycode === undefined && keysym === TAB ? keycodeOf(this.#keymap, ISO_LEFT_TAB, level) : keycode;
    if (found !== undefined) this.#spare.touch(found, nowMs);
    return found;
  }

  /** Gives a spare key the symbol, so that it yields it at this level; undefined when every spare key is held. */
  bind(keysym: number, level: Level, isHeld: (keycode: number) => boolean, nowMs: number): number | undefined {
    const spare = this.#spare.take(isHeld, nowMs);
    if (!spare) return undefined;
    const { keycode } = spare;
    this.#waitInServer(keycode, spare.beforeMs);
    const key = this.#keyFor(keysym, level);
    const { firstKeycode, keys } = this.#keymap;
    const range = { first: firstKeycode, last: firstKeycode + keys.length - 1 };
    const [lower = 0, upper = 0] = key.symbols;
    sendRaw(this.#connection.x, bindKeyRequest(this.#connection.xkb.majorOpcode, range, keycode, [lower, upper]));
    this.#waitInServer(keycode, spare.afterMs);
    this.#keymap = withKey(this.#keymap, keycode, key);
    this.#boundMeanwhile.set(keycode, key);
    this.#ownChanges.set(keycode, (this.#ownChanges.get(keycode) ?? 0) + 1);
    return keycode;
  }

  /** What the key of `keycode` does at this level. */
  action(keycode: number, level: Level): XkbAction {
    const key = this.#keymap.keys[keycode - this.#keymap.firstKeycode];
    return key ? actionOf(this.#keymap, key, level) : { kind: 'none' };
  }

  /** Resolves once all changes that other clients have made so far are known here. */
  async settled(): Promise<void> {
    const { x } = this.#connection;
    // The first answer comes after the events of those changes, the second after the map that they made us ask for.
    await this.#connection.ask<unknown>((reply) => x.GetInputFocus(reply));
    await this.#connection.ask<unknown>((reply) => x.GetInputFocus(reply));
  }

  close(): void {
    this.#release();
  }

  /** Holds back everything sent later: the release of a key that is not pressed does nothing but wait. */
  #waitInServer(keycode: number, delayMs: number): void {
    if (delayMs > 0) this.#connection.xtest.FakeInput(KEY_RELEASE, keycode, delayMs, this.#connection.root, 0, 0);
  }

  /** A letter shares its key with its other case where that yields it; else the key yields the symbol whatever Shift and Lock say. */
  #keyFor(keysym: number, level: Level): Key {
    const key = (symbols: readonly number[]): Key => ({
      types: [ALPHABETIC, ALPHABETIC, ALPHABETIC, ALPHABETIC],
      groups: 1,
      outOfRange: 0,
      width: 2,
      symbols,
      actions: [],
      modifiers: 0,
    });
    const pair = casePair(keysym);
    const shared = pair && key([pair.lower, pair.upper]);
    return shared && symbolOf(this.#keymap, shared, level) === keysym ? shared : key([keysym, keysym]);
  }

  #onEvent(event: XEvent): void {
    if (event.type !== this.#connection.xkb.firstEvent || !event.raw) return;
    if (event.xkbType === XKB_NEW_KEYBOARD || (event.xkbType === XKB_MAP && !this.#isOwnChange(event.raw))) this.#refresh();
  }

  /** Whether a map event is only about one key that was bound here. */
  #isOwnChange(raw: Buffer): boolean {
    const keycode = raw.readUInt8(8);
    const due = this.#ownChanges.get(keycode) ?? 0;
    if (due === 0 || raw.readUInt8(9) !== 1) return false;
    this.#ownChanges.set(keycode, due - 1);
    return true;
  }

  #refresh(): void {
    if (this.#refreshing !== 'no') {
      this.#refreshing = 'asked-and-outdated';
      return;
    }
    this.#refreshing = 'asked';
    this.#boundMeanwhile = new Map();
    askRaw(this.#connection.x, getMapRequest(this.#connection.xkb.majorOpcode), (error, body) => {
      const again = this.#refreshing === 'asked-and-outdated';
      this.#refreshing = 'no';
      const keymap = error ? undefined : parseMap(body);
      if (keymap?.ok) this.#adopt(keymap.value);
      if (again) this.#refresh();
      return true;
    });
  }

  #adopt(keymap: Keymap): void {
    let merged = keymap;
    for (const [keycode, key] of this.#boundMeanwhile) merged = withKey(merged, keycode, key);
    this.#keymap = merged;
    this.#spare.replace(spareKeycodes(merged));
  }
}
