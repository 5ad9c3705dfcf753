import { type Dispose, once } from './dispose.js';

/** The longest wait of a timer (2^31 - 1 ms). */
export const MAX_TIMER_MS = 2_147_483_647;

/** Time as a dependency: shells hold one, pure code is handed `nowMs`. */
export interface Clock {
  /** Milliseconds on a monotonic scale. */
  nowMs(): number;
  /** Calls `action` once after `delayMs`, unless released before. */
  after(delayMs: number, action: () => void): Dispose;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return once(() => clearTimeout(timer));
  },
};
