/** Failures that cost nothing; after them every further one makes the next try wait longer. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** What is this long without a failure is forgotten. */
const FORGET_MS = 10 * 60_000;
/** Bounds memory; beyond it the longest unused goes first. */
const MAX_KEYS = 10_000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Slows down whoever guesses passwords. Pure but for its own memory; time is an argument.
 *
 * A right password does not clear an address: who knows one password could otherwise guess another for ever.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();

  /** How long `key` has to wait before it may try; 0 when it may. */
  waitMs(key: string, nowMs: number): number {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < FREE_FAILURES) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures.count - FREE_FAILURES));
    return Math.max(0, failures.lastMs + wait - nowMs);
  }

  failed(key: string, nowMs: number): void {
    const before = this.#failures.get(key);
    const count = before !== undefined && nowMs - before.lastMs < FORGET_MS ? before.count + 1 : 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastMs: nowMs });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_KEYS && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
