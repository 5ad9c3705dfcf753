/**
 * [P] The keycodes that are bound to symbols missing from the keymap.
 *
 * A mapping change and the key that follows it are processed by an application later than they were made, and toolkits then
 * ask for the map as it is by that time. A keycode is therefore bound anew only after all others have been, and never while
 * its key is held.
 */
export class SpareKeys {
  /** Least recently used first. */
  #keycodes: number[];

  constructor(keycodes: readonly number[]) {
    this.#keycodes = [...keycodes];
  }

  get size(): number {
    return this.#keycodes.length;
  }

  /** The least recently used keycode that is not held, now the most recently used one; undefined if all are held. */
  take(isHeld: (keycode: number) => boolean): number | undefined {
    const keycode = this.#keycodes.find((candidate) => !isHeld(candidate));
    if (keycode !== undefined) this.touch(keycode);
    return keycode;
  }

  /** Goes on with other keycodes: new ones come first, the others keep their turn. */
  replace(keycodes: readonly number[]): void {
    const known = new Set(this.#keycodes);
    const offered = new Set(keycodes);
    this.#keycodes = [
      ...keycodes.filter((keycode) => !known.has(keycode)),
      ...this.#keycodes.filter((keycode) => offered.has(keycode)),
    ];
  }

  /** Notes that `keycode`, if it is one of these, was used just now. */
  touch(keycode: number): void {
    const index = this.#keycodes.indexOf(keycode);
    if (index < 0) return;
    this.#keycodes.splice(index, 1);
    this.#keycodes.push(keycode);
  }
}
