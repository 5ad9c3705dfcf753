import { assertNever } from '../../../lib/assert-never.js';
import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import { type KeyframeGate, type KeyframeInput, STARTING_GATE, stepKeyframeGate } from './keyframe-gate.js';

/** Carries out what the keyframe gate of one encoding decides. */
export class KeyframeRequests {
  readonly #clock: Clock;
  readonly #force: () => void;
  #gate: KeyframeGate = STARTING_GATE;
  #timer: Dispose | undefined;
  #closed = false;

  constructor(clock: Clock, force: () => void) {
    this.#clock = clock;
    this.#force = force;
  }

  input(input: KeyframeInput): void {
    if (this.#closed) return;
    const nowMs = this.#clock.nowMs();
    const [next, effects] = stepKeyframeGate(this.#gate, input, nowMs);
    this.#gate = next;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'force-keyframe':
          this.#force();
          break;
        case 'wake':
          this.#timer?.();
          this.#timer = this.#clock.after(Math.max(0, effect.atMs - nowMs), () => this.input({ kind: 'tick' }));
          break;
        default:
          assertNever(effect);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }
}
