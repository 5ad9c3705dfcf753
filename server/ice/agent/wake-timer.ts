import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';

/** One timer for an agent: fires at the earliest requested time. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #armed: { readonly atMs: number; readonly cancel: Dispose } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Infinity cancels. An earlier time that stands is kept: firing early costs nothing, a new timer does. */
  arm(atMs: number, nowMs: number): void {
    if (this.#armed && this.#armed.atMs <= atMs) return;
    this.cancel();
    if (atMs === Number.POSITIVE_INFINITY) return;
    const cancel = this.#clock.after(Math.max(1, Math.ceil(atMs - nowMs)), () => {
      this.#armed = undefined;
      this.#ring();
    });
    this.#armed = { atMs, cancel };
  }

  cancel(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }
}
