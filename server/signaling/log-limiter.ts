import { TokenBucket } from '../lib/bounds/token-bucket.js';

/** At most `burst` lines, one more every `intervalMs`; counts the lines it held back. */
export class LogLimiter {
  readonly #lines: TokenBucket;
  #heldBack = 0;

  constructor(burst: number, intervalMs: number) {
    this.#lines = new TokenBucket({ burst, perSecond: 1_000 / intervalMs }, 0);
  }

  /** The number of lines held back since the last that passed, or null when this one is to be held back too. */
  pass(nowMs: number): number | null {
    if (!this.#lines.take(nowMs)) {
      this.#heldBack += 1;
      return null;
    }
    const heldBack = this.#heldBack;
    this.#heldBack = 0;
    return heldBack;
  }
}
