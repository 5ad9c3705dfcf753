import { assertNever } from '../lib/assert-never.js';
import { type Clock, MAX_TIMER_MS } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { Emitter } from '../lib/emitter.js';
import type { Command, Refusal } from './command.js';
import type { Effect, EffectGroups } from './effect.js';
import { step } from './room.js';
import type { Room, SocketId } from './room-state.js';
import { type Deed, type RightRefusal, refusalOf } from './rules/rights.js';

/**
 * Holds the one room: feeds it commands, passes its effects on in order to their subscribers, wakes it when it asked
 * to be.
 */
export class RoomRunner {
  /** Fronts and stages subscribe to the group that concerns them. `state` is the room after all commands so far. */
  readonly effects = new Emitter<EffectGroups>();
  /** Unix time at the zero of the clock, taken once: the room's time never goes back. */
  readonly #epochMs: number;
  readonly #waiting: Effect[] = [];
  readonly #wakes = new Set<Dispose>();
  #lastSocket: SocketId = 0;
  #passingOn = false;
  #closed = false;

  constructor(
    private room: Room,
    private readonly clock: Clock,
  ) {
    this.#epochMs = Date.now() - clock.nowMs();
  }

  get state(): Room {
    return this.room;
  }

  /** A number for a socket. All fronts share the numbering, so that an effect means one socket of one front. */
  newSocketId(): SocketId {
    this.#lastSocket += 1;
    return this.#lastSocket;
  }

  /** Whether the session is in control now. */
  isHost(sessionId: string): boolean {
    return this.room.hostId === sessionId;
  }

  /** Why the session may not do that now, or null where it may. */
  refusalOf(sessionId: string, deed: Deed): RightRefusal | null {
    return refusalOf(this.room, { kind: 'session', id: sessionId }, deed);
  }

  /** Unix epoch milliseconds. */
  nowMs(): number {
    return this.#epochMs + this.clock.nowMs();
  }

  /** Changes the room at once; returns the refusal, or null. Effects caused by effects come after those already waiting. */
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
      for (let effect = this.#waiting.shift(); effect !== undefined; effect = this.#waiting.shift()) this.#emit(effect);
    } finally {
      this.#passingOn = false;
    }
  }

  #emit(effect: Effect) {
    switch (effect.kind) {
      case 'wake':
        return this.#wakeAt(effect.atMs);
      case 'send':
      case 'greet':
      case 'disconnect':
        return this.effects.emit('clients', effect);
      case 'pause-peer':
      case 'close-peer':
        return this.effects.emit('peers', effect);
      case 'input':
      case 'release-input':
        return this.effects.emit('desktop', effect);
      case 'persist':
      case 'persist-bans':
        return this.effects.emit('store', effect);
      default:
        return assertNever(effect);
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
