/** At most `burst` lines, one more every `intervalMs`; knows how many it held back. */
export class LogLimiter {
  #tokens: number;
  #lastMs: number | null = null;
  #heldBack = 0;

  constructor(
    private readonly burst: number,
    private readonly intervalMs: number,
  ) {
    this.#tokens = burst;
  }

  /** The number of lines held back since the last that passed, or null when this one is to be held back too. */
  pass(nowMs: number): number | null {
    const earned = (nowMs - (this.#lastMs ?? nowMs)) / this.intervalMs;
    this.#tokens = Math.min(this.burst, this.#tokens + earned);
    this.#lastMs = nowMs;
    if (this.#tokens < 1) {
      this.#heldBack += 1;
      return null;
    }
    this.#tokens -= 1;
    const heldBack = this.#heldBack;
    this.#heldBack = 0;
    return heldBack;
  }
}
