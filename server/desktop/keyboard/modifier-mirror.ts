import type { XEvent } from 'x11';
import type { Dispose } from '../../lib/dispose.js';
import type { XConnection } from '../x-connection.js';
import type { Level, XkbAction } from './keymap.js';
import { levelOf, locked, NO_MODIFIERS, pressed, released, reportedModifiers } from './modifier-state.js';
import { CORE_KEYBOARD, XKB_STATE } from './xkb-wire.js';

/** Follows the modifiers of the X server: predicted from the keys sent here, corrected by its reports. */
export class ModifierMirror {
  readonly #connection: XConnection;
  readonly #release: Dispose;
  #state = NO_MODIFIERS;
  /** Questions still open: an answer counts only when no key was sent after its question. */
  #answersDue = 0;

  constructor(connection: XConnection) {
    this.#connection = connection;
    this.#release = connection.onEvent((event) => this.#onEvent(event));
    this.#askServer();
  }

  /** The modifiers and group once everything sent so far was processed. */
  level(): Level {
    return levelOf(this.#state);
  }

  /** Notes a key that is sent; `action` is what it does at the present level. */
  keySent(down: boolean, keycode: number, action: XkbAction): void {
    const before = this.#state;
    this.#state = down ? pressed(before, keycode, action) : released(before, keycode);
    // A latch ends with the next key, and not every action can be predicted: then the server is asked.
    if (this.#state !== before || before.latched !== 0 || action.kind !== 'none') this.#askServer();
  }

  /** Locks those modifiers of `affected` that are in `locks` and unlocks the others (core mask). */
  lock(affected: number, locks: number): void {
    this.#connection.xkb.LatchLockState(CORE_KEYBOARD, affected, locks, false, 0, 0, 0, false, 0);
    this.#state = locked(this.#state, affected, locks);
    this.#askServer();
  }

  close(): void {
    this.#release();
  }

  #onEvent(event: XEvent): void {
    // The event may be older than keys sent since; the answer to a question sent now is not.
    if (event.type === this.#connection.xkb.firstEvent && event.xkbType === XKB_STATE && this.#answersDue === 0)
      this.#askServer();
  }

  #askServer(): void {
    this.#answersDue++;
    this.#connection.xkb.GetState(CORE_KEYBOARD, (error, state) => {
      this.#answersDue--;
      if (!error && this.#answersDue === 0) this.#state = reportedModifiers(this.#state, state);
      return true;
    });
  }
}
