import type { XConnection } from '../x-connection.js';
import { HeldInputs } from './held-inputs.js';

const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const MOTION = 6;
/** X addresses buttons with one byte. */
const LAST_BUTTON = 255;
/** Wheel clicks of one message: values come from a 16-bit field, and a queue of thousands would make the desktop deaf. */
export const MAX_WHEEL_CLICKS = 100;

/** The pointer of one X server. Everything is written at once; nothing waits for the server. */
export class Pointer {
  readonly #held = new HeldInputs<number>();

  constructor(
    readonly connection: XConnection,
    readonly screen: () => { readonly width: number; readonly height: number },
  ) {}

  /** Whether any button is held. */
  get holds(): boolean {
    return this.#held.size > 0;
  }

  /** Moves to the screen pixel; positions beyond the screen end at its edge. */
  move(x: number, y: number): void {
    const { width, height } = this.screen();
    this.#send(MOTION, 0, clamp(x, width - 1), clamp(y, height - 1));
  }

  /** Presses an X button; does nothing for a held button and for button 0. */
  down(code: number, nowMs: number): void {
    if (!(code >= 1 && code <= LAST_BUTTON) || this.#held.has(code)) return;
    this.#held.down(code, code, nowMs);
    this.#send(BUTTON_PRESS, code);
  }

  /** Lets go of an X button if it is held. */
  up(code: number): void {
    if (this.#held.up(code) !== undefined) this.#send(BUTTON_RELEASE, code);
  }

  /** Wheel clicks, vertical first: up for positive `dy`, left (button 6) for positive `dx`. */
  scroll(dx: number, dy: number): void {
    this.#clicks(dy > 0 ? 4 : 5, dy);
    this.#clicks(dx > 0 ? 6 : 7, dx);
  }

  releaseAll(): void {
    for (const code of this.#held.ids()) this.up(code);
  }

  /** Lets go of the buttons that were pressed `limitMs` or longer ago. */
  releaseHeldFor(limitMs: number, nowMs: number): void {
    for (const code of this.#held.heldFor(limitMs, nowMs)) this.up(code);
  }

  #clicks(button: number, delta: number): void {
    const count = Math.min(Math.abs(Math.trunc(delta)), MAX_WHEEL_CLICKS);
    for (let click = 0; click < count; click++) {
      this.#send(BUTTON_PRESS, button);
      this.#send(BUTTON_RELEASE, button);
    }
  }

  #send(type: number, detail: number, x = 0, y = 0): void {
    this.connection.xtest.FakeInput(type, detail, 0, this.connection.root, x, y);
  }
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(Math.trunc(value) || 0, max));
}
