/** How failures of one kind are remembered. */
export interface FailurePolicy {
  /** Failures that cost nothing; after them every further one makes the wait longer. */
  readonly free: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A key without a failure for so long is forgotten. */
  readonly forgetMs: number;
  /** Bounds memory; beyond it the key longest without a failure is forgotten. */
  readonly remembered: number;
}

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/** Counts failures by key. Pure but for its own memory; time is an argument. */
export class FailureMemory {
  readonly #failures = new Map<string, Failures>();

  constructor(private readonly policy: FailurePolicy) {}

  /** The wait that the failures of `key` have earned, counted from the last of them. */
  earnedMs(key: string, nowMs: number): number {
    const { free, firstWaitMs, longestWaitMs, forgetMs } = this.policy;
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < free || nowMs - failures.lastMs >= forgetMs) return 0;
    return Math.min(longestWaitMs, firstWaitMs * 2 ** (failures.count - free));
  }

  /** How much of that wait is left; 0 when it is over. */
  leftMs(key: string, nowMs: number): number {
    const lastMs = this.#failures.get(key)?.lastMs ?? 0;
    return Math.max(0, lastMs + this.earnedMs(key, nowMs) - nowMs);
  }

  add(key: string, nowMs: number): void {
    const before = this.#failures.get(key);
    const count = before !== undefined && nowMs - before.lastMs < this.policy.forgetMs ? before.count + 1 : 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastMs: nowMs });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > this.policy.remembered && oldest !== undefined) this.#failures.delete(oldest);
  }
}
