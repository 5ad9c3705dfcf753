import { type Clock, systemClock } from '../../../server/lib/clock.js';

const TIMES_SLOWER = 8;

/** Time that passes slower: where a busy machine stands still for two seconds, what has 250 ms is still in time. */
export const slowClock: Clock = {
  nowMs: () => systemClock.nowMs() / TIMES_SLOWER,
  after: (delayMs, action) => systemClock.after(delayMs * TIMES_SLOWER, action),
};
