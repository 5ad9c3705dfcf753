/** A rate: what is earned per second, and the most that can be saved up. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** [P] What one sender may still do; full at first. Time is an argument. */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  constructor(
    private readonly rate: Rate,
    nowMs: number,
  ) {
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** Whether there are `cost` tokens; takes none. */
  has(nowMs: number, cost = 1): boolean {
    this.#earn(nowMs);
    return this.#tokens >= cost;
  }

  /** Takes `cost` tokens if there are so many; false if not. */
  take(nowMs: number, cost = 1): boolean {
    if (!this.has(nowMs, cost)) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Takes `cost` tokens, going into debt if need be; returns how long the debt lasts, ms. */
  owe(nowMs: number, cost: number): number {
    this.#earn(nowMs);
    this.#tokens -= cost;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.rate.perSecond) * 1_000;
  }

  /** How long until there is a token, ms. */
  untilNextMs(nowMs: number): number {
    this.#earn(nowMs);
    return Math.max(0, ((1 - this.#tokens) / this.rate.perSecond) * 1_000);
  }

  /** Whether it is full, like a new one. */
  isFull(nowMs: number): boolean {
    this.#earn(nowMs);
    return this.#tokens >= this.rate.burst;
  }

  #earn(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    const earned = ((nowMs - this.#atMs) / 1_000) * this.rate.perSecond;
    this.#tokens = Math.min(this.rate.burst, this.#tokens + earned);
    this.#atMs = nowMs;
  }
}
