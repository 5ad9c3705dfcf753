import type { Clock } from '../../../server/lib/clock.js';

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

/** A clock that stands still until it is moved; timers run in their order while it moves. */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  advance(byMs: number): void {
    const toMs = this.#nowMs + byMs;
    for (let next = this.#next(toMs); next !== undefined; next = this.#next(toMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = toMs;
  }

  #next(untilMs: number): Timer | undefined {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}
