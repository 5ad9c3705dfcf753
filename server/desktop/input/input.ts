import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { CONTROL_MASK } from '../keyboard/modifier-names.js';

/** Longer presses are taken for lost releases. */
export const LONGEST_PRESS_MS = 10_000;
const CHECK_INTERVAL_MS = 1_000;
/** How long a key combination is held: some applications miss shorter ones. */
const COMBINATION_MS = 10;

export interface Keys {
  readonly holds: boolean;
  down(keysym: number, nowMs: number): void;
  up(keysym: number): void;
  releaseAll(delayMs?: number): void;
  releaseHeldFor(limitMs: number, nowMs: number): void;
  withLocked(modifiers: number, action: () => void): void;
}

export interface Buttons {
  readonly holds: boolean;
  move(x: number, y: number): void;
  down(code: number, nowMs: number): void;
  up(code: number): void;
  scroll(dx: number, dy: number): void;
  releaseAll(): void;
  releaseHeldFor(limitMs: number, nowMs: number): void;
}

/** Pointer and keys together: combinations, and the release of everything held. */
export class Input {
  #cancelCheck: Dispose | undefined;
  #closed = false;

  constructor(
    readonly keyboard: Keys,
    readonly pointer: Buttons,
    readonly clock: Clock,
  ) {}

  keyDown(keysym: number): void {
    this.keyboard.down(keysym, this.clock.nowMs());
    this.#checkLater();
  }

  buttonDown(code: number): void {
    this.pointer.down(code, this.clock.nowMs());
    this.#checkLater();
  }

  /** Lets go of everything held, then presses and releases the button. */
  buttonPress(code: number): void {
    this.releaseAll();
    this.pointer.down(code, this.clock.nowMs());
    this.releaseAll();
  }

  /** Lets go of everything held, presses all keysyms in order and lets go of them; later input comes after that. */
  keyPress(keysyms: readonly number[]): void {
    this.releaseAll();
    for (const keysym of keysyms) this.keyboard.down(keysym, this.clock.nowMs());
    this.keyboard.releaseAll(keysyms.length > 1 ? COMBINATION_MS : 0);
  }

  scroll(dx: number, dy: number, control: boolean): void {
    const turn = () => this.pointer.scroll(dx, dy);
    if (control) this.keyboard.withLocked(CONTROL_MASK, turn);
    else turn();
  }

  releaseAll(): void {
    this.pointer.releaseAll();
    this.keyboard.releaseAll();
  }

  close(): void {
    this.#closed = true;
    this.#cancelCheck?.();
  }

  #checkLater(): void {
    if (this.#closed || this.#cancelCheck || !(this.keyboard.holds || this.pointer.holds)) return;
    this.#cancelCheck = this.clock.after(CHECK_INTERVAL_MS, () => {
      this.#cancelCheck = undefined;
      this.keyboard.releaseHeldFor(LONGEST_PRESS_MS, this.clock.nowMs());
      this.pointer.releaseHeldFor(LONGEST_PRESS_MS, this.clock.nowMs());
      this.#checkLater();
    });
  }
}
