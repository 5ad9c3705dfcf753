import type { Clock } from '../../server/lib/clock.js';
import type { SocketLoss } from './check/connection-check.js';

const KEPT = 6;

/** Remembers how sockets broke: a proxy with an idle limit shows as a regular pattern. */
export class SocketLosses {
  readonly #clock: Clock;
  readonly #losses: SocketLoss[] = [];
  #openedMs: number | null = null;
  #heardMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly SocketLoss[] {
    return this.#losses;
  }

  opened(): void {
    this.#openedMs = this.#heardMs = this.#clock.nowMs();
  }

  heard(): void {
    this.#heardMs = this.#clock.nowMs();
  }

  lost(): void {
    if (this.#openedMs === null) return;
    const nowMs = this.#clock.nowMs();
    this.#losses.push({ idle_ms: Math.round(nowMs - this.#heardMs), lifetime_ms: Math.round(nowMs - this.#openedMs) });
    this.#openedMs = null;
    if (this.#losses.length > KEPT) this.#losses.shift();
  }
}
