import { type Clock, MAX_TIMER_MS } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Command, Refusal } from '../room/command.js';
import type { Effect } from '../room/effect.js';
import { step } from '../room/room.js';
import type { Room } from '../room/room-state.js';

/** Carries out every effect but `wake`, which is the runner's own. */
export type EffectSink = (effect: Exclude<Effect, { kind: 'wake' }>, room: Room) => void;

/** Holds the one room: feeds it commands, passes its effects on in order, wakes it when it asked to be. */
export class RoomRunner {
  /** Unix time at the zero of the clock, taken once: the room's time never goes back. */
  readonly #epochMs: number;
  readonly #waiting: Effect[] = [];
  readonly #wakes = new Set<Dispose>();
  #passingOn = false;
  #closed = false;

  constructor(
    private room: Room,
    private readonly clock: Clock,
    private readonly sink: EffectSink,
  ) {
    this.#epochMs = Date.now() - clock.nowMs();
  }

  get state(): Room {
    return this.room;
  }

  /** Unix epoch milliseconds. */
  nowMs(): number {
    return this.#epochMs + this.clock.nowMs();
  }

  /** Changes the room at once; answers why it did not, or null. Effects caused by effects come after those already waiting. */
  apply(command: Command): Refusal | null {
    const { state, effects, refused } = step(this.room, command, this.nowMs());
    this.room = state;
    this.#waiting.push(...effects);
    if (!this.#passingOn) this.#passOn();
    return refused;
  }

  close(): void {
    this.#closed = true;
    for (const release of this.#wakes) release();
    this.#wakes.clear();
  }

  #passOn(): void {
    this.#passingOn = true;
    try {
      for (let effect = this.#waiting.shift(); effect !== undefined; effect = this.#waiting.shift()) {
        if (effect.kind === 'wake') this.#wakeAt(effect.atMs);
        else this.sink(effect, this.room);
      }
    } finally {
      this.#passingOn = false;
    }
  }

  #wakeAt(atMs: number): void {
    if (this.#closed) return;
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(atMs - this.nowMs())));
    const release = this.clock.after(delayMs, () => {
      this.#wakes.delete(release);
      // A timer may fire early, by a fraction or because it could not be set for longer; the room would find nothing to do
      // then, and nobody would wake it again.
      if (this.nowMs() < atMs) this.#wakeAt(atMs);
      else this.apply({ kind: 'tick' });
    });
    this.#wakes.add(release);
  }
}
