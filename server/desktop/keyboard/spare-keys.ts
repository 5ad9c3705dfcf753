/** A keycode is not bound anew sooner than this after its last use: by then applications have looked up the last one. */
export const REUSE_MS = 300;
/**
 * A new binding gets this long to reach applications before its key is pressed: Chromium asks for the new map when it hears
 * of the change, goes on with the events it has, and loses every second character that comes along at once (5 ms sufficed).
 */
export const SETTLE_MS = 20;
/** Longest wait that a burst of new characters may pile up; beyond it, speed counts for more than single characters. */
export const MAX_BACKLOG_MS = 5_000;

export interface SpareKey {
  readonly keycode: number;
  /** Wait in the X server before it is bound. */
  readonly beforeMs: number;
  /** Wait in the X server between its binding and its press. */
  readonly afterMs: number;
}

/**
 * [P] The keycodes that are bound to symbols missing from the keymap, and when they may be bound anew.
 *
 * An application processes a mapping change and the key after it later than they were made, and toolkits then ask for the map
 * as it is by that time. A keycode is therefore bound anew only after all others, never while its key is held, and not before
 * applications had time to catch up: until then the X server holds this key and everything sent later.
 */
export class SpareKeys {
  /** Least recently used first. */
  #keycodes: number[];
  readonly #usedAtMs = new Map<number, number>();
  /** When all waits so far in the X server will be over. */
  #busyUntilMs = Number.NEGATIVE_INFINITY;

  constructor(keycodes: readonly number[]) {
    this.#keycodes = [...keycodes];
  }

  /** The least recently used keycode that is not held, and the waits around its binding; undefined if all are held. */
  take(isHeld: (keycode: number) => boolean, nowMs: number): SpareKey | undefined {
    const keycode = this.#keycodes.find((candidate) => !isHeld(candidate));
    if (keycode === undefined) return undefined;
    const startMs = Math.max(nowMs, this.#busyUntilMs);
    const usedAtMs = this.#usedAtMs.get(keycode) ?? Number.NEGATIVE_INFINITY;
    const beforeMs = Math.max(0, Math.ceil(usedAtMs + REUSE_MS - startMs));
    const boundMs = startMs + beforeMs + SETTLE_MS;
    const patient = boundMs - nowMs <= MAX_BACKLOG_MS;
    if (patient) this.#busyUntilMs = boundMs;
    this.touch(keycode, nowMs);
    return patient ? { keycode, beforeMs, afterMs: SETTLE_MS } : { keycode, beforeMs: 0, afterMs: 0 };
  }

  /** Replaces the list of keycodes: new ones come first, the others keep their turn. */
  replace(keycodes: readonly number[]): void {
    const known = new Set(this.#keycodes);
    const offered = new Set(keycodes);
    this.#keycodes = [
      ...keycodes.filter((keycode) => !known.has(keycode)),
      ...this.#keycodes.filter((keycode) => offered.has(keycode)),
    ];
  }

  /** Notes that `keycode`, if it is one of these, is used now. */
  touch(keycode: number, nowMs: number): void {
    const index = this.#keycodes.indexOf(keycode);
    if (index < 0) return;
    this.#keycodes.splice(index, 1);
    this.#keycodes.push(keycode);
    this.#usedAtMs.set(keycode, Math.max(nowMs, this.#busyUntilMs));
  }
}
