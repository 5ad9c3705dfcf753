import { type BackoffPolicy, backoffMs } from '../../lib/backoff.js';

/** What is remembered of something that is kept running: how often in a row it ended soon after its start. */
export interface RestartHistory {
  readonly failures: number;
  readonly startedMs: number;
}

/** Running this long means that the next end is a new story. */
export const STABLE_MS = 10_000;
/** The first restart is immediate, since viewers wait for the picture; a setting that fails every time must not spin. */
const BACKOFF: BackoffPolicy = { firstMs: 500, maxMs: 15_000 };

export const NEVER_FAILED: RestartHistory = { failures: 0, startedMs: 0 };

export function started(history: RestartHistory, nowMs: number): RestartHistory {
  return { ...history, startedMs: nowMs };
}

/** After an end at `nowMs`: the new history and the wait in ms before the next start. */
export function ended(history: RestartHistory, nowMs: number): { readonly history: RestartHistory; readonly delayMs: number } {
  const failures = nowMs - history.startedMs >= STABLE_MS ? 1 : history.failures + 1;
  return { history: { ...history, failures }, delayMs: failures === 1 ? 0 : backoffMs(BACKOFF, failures - 2) };
}
