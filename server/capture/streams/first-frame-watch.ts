import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';

/** How long a pipeline that plays may take for its first frame. */
const FIRST_FRAME_MS = 5_000;

export interface FirstFrameEvents {
  /** A run goes on, and gave no frame within 5 s. */
  silent(reason: string): void;
  /** A run ended before its first frame, in the words of whoever ended it. */
  fruitless(reason: string): void;
}

/** Watches whether each run of a stream gives a frame at all. */
export class FirstFrameWatch {
  readonly #clock: Clock;
  readonly #events: FirstFrameEvents;
  #awaited = false;
  #cancel: Dispose = () => undefined;

  constructor(clock: Clock, events: FirstFrameEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  ordered(): void {
    this.#cancel();
    this.#awaited = true;
  }

  /** It plays. */
  started(): void {
    this.#cancel();
    if (!this.#awaited) return;
    this.#cancel = this.#clock.after(FIRST_FRAME_MS, () =>
      this.#events.silent(`no frame came within ${FIRST_FRAME_MS / 1_000} s`),
    );
  }

  delivered(): void {
    if (!this.#awaited) return;
    this.#awaited = false;
    this.#cancel();
  }

  failed(reason: string): void {
    this.#cancel();
    if (this.#awaited) this.#events.fruitless(reason);
  }
}
