/** How long a minimum counts; short enough to follow the drift between two clocks (50 ppm are 0.5 ms in 10 s). */
const WINDOW_MS = 10_000;

/**
 * Guesses when timestamps were captured from when their packets arrived: the quickest packet of the last 10 to 20 s had the
 * least on its way. Pure. Serves streams whose capture time is unknown.
 */
export class ArrivalClock {
  readonly #clockRateHz: number;
  #lastTimestamp = 0;
  #elapsedMs = 0;
  #started = false;
  #windowStartMs = 0;
  #previousMin = Number.POSITIVE_INFINITY;
  #currentMin = Number.POSITIVE_INFINITY;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  /** The stream starts anew with other timestamps. */
  reset(): void {
    this.#started = false;
    this.#elapsedMs = 0;
    this.#previousMin = Number.POSITIVE_INFINITY;
    this.#currentMin = Number.POSITIVE_INFINITY;
  }

  observe(timestamp: number, wallClockMs: number): void {
    // Only the difference to the last timestamp matters, so the 32-bit circle may wrap.
    if (this.#started) this.#elapsedMs += (((timestamp - this.#lastTimestamp) | 0) / this.#clockRateHz) * 1_000;
    else this.#windowStartMs = wallClockMs;
    this.#started = true;
    this.#lastTimestamp = timestamp;
    if (wallClockMs - this.#windowStartMs > WINDOW_MS) {
      this.#previousMin = this.#currentMin;
      this.#currentMin = Number.POSITIVE_INFINITY;
      this.#windowStartMs = wallClockMs;
    }
    this.#currentMin = Math.min(this.#currentMin, wallClockMs - this.#elapsedMs);
  }

  /** A timestamp and the wall clock (ms) it belongs to; undefined before the first packet. */
  moment(): { readonly rtpTimestamp: number; readonly wallClockMs: number } | undefined {
    if (!this.#started) return undefined;
    const wallClockMs = Math.min(this.#previousMin, this.#currentMin) + this.#elapsedMs;
    return { rtpTimestamp: this.#lastTimestamp, wallClockMs };
  }
}
