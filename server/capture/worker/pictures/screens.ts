import type { Clock } from '../../../lib/clock.js';
import type { ScreenImage } from './screen-grabber.js';
import { SharedScreen } from './shared-screen.js';

export interface ScreensEvents {
  /** As of `SharedScreenEvents`, with the display. */
  opened(display: string, image: ScreenImage): Promise<void>;
  lost(display: string, reason: string): void;
}

/** The screens that jobs take pictures of: one display that is followed all the time, others while a job needs them. */
export class Screens {
  readonly mainDisplay: string;
  readonly #clock: Clock;
  readonly #events: ScreensEvents;
  readonly #screens = new Map<string, SharedScreen>();

  constructor(mainDisplay: string, clock: Clock, events: ScreensEvents) {
    this.mainDisplay = mainDisplay;
    this.#clock = clock;
    this.#events = events;
  }

  /** The screen of a display, connected to when it is first asked for. */
  of(display: string): SharedScreen {
    const known = this.#screens.get(display);
    if (known !== undefined) return known;
    const screen = new SharedScreen(display, this.#clock, {
      opened: (image) => this.#events.opened(display, image),
      lost: (reason) => this.#events.lost(display, reason),
    });
    this.#screens.set(display, screen);
    void screen.open();
    return screen;
  }

  /** Lets go of all displays but the main one and `used`; nobody reads their pictures any more. */
  keep(used: ReadonlySet<string>): void {
    for (const [display, screen] of this.#screens) {
      if (display === this.mainDisplay || used.has(display)) continue;
      this.#screens.delete(display);
      screen.close();
    }
  }
}
