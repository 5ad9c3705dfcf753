/** The least delay of so long a stretch is what the queue adds to every packet; jitter adds to some only. */
const STRETCH_MS = 50;
/** How far back the least delay of the path is looked for. */
const BASE_STRETCHES = 200;
/** A queue shorter than this is left to the trend, which is finer and slower. */
const LEAST_WARNING_MS = 50;
const DEVIATIONS = 4;
/** How fast the usual delay is learnt; slowly from a queue that stands, which must not soon be the usual. */
const LEARNING = 0.1;
const EXCESS_LEARNING = 0.003;
/** Over so many stretches at most is it measured what arrives while a queue stands. */
const RATE_STRETCHES = 3;

/**
 * [P] Warns early of a queue that grows fast, as after a step down of the path's rate: by the least one-way delay of each 50 ms against
 * the least of the last ten seconds. Its threshold follows how uneven the path is.
 */
export class StandingQueue {
  readonly #least: number[] = [];
  #stretch = Number.NaN;
  #bytes = 0;
  readonly #arrived: number[] = [];
  #leastMs = Number.POSITIVE_INFINITY;
  #queueMs = 0;
  #meanMs = 0;
  #deviationMs = 0;
  #warned = false;

  /** How much the queue added to every packet of the last whole stretch, ms. */
  get delayMs(): number {
    return this.#queueMs;
  }

  /** How much longer the queue is than the path's unevenness explains, ms. */
  get excessMs(): number {
    return Math.max(0, this.#queueMs - Math.max(LEAST_WARNING_MS, this.#meanMs + DEVIATIONS * this.#deviationMs));
  }

  /** One packet that arrived, on the receiver's clock. */
  add(sentMs: number, arrivedMs: number, bytes: number): void {
    const stretch = Math.floor(arrivedMs / STRETCH_MS);
    if (stretch !== this.#stretch) {
      if (Number.isFinite(this.#leastMs)) this.#end(this.#leastMs);
      this.#bytes = 0;
      this.#stretch = stretch;
      this.#leastMs = Number.POSITIVE_INFINITY;
    }
    this.#bytes += bytes;
    this.#leastMs = Math.min(this.#leastMs, arrivedMs - sentMs);
  }

  /** What has arrived since the queue stands, bit/s: that is what the path carries. Undefined while none stands. */
  get arrivingBps(): number | undefined {
    if (this.#arrived.length === 0) return undefined;
    return (this.#arrived.reduce((sum, bytes) => sum + bytes, 0) * 8_000) / (this.#arrived.length * STRETCH_MS);
  }

  /** Whether the queue has grown too fast since this was asked last. */
  takeWarning(): boolean {
    const warned = this.#warned;
    this.#warned = false;
    return warned;
  }

  #end(leastMs: number): void {
    this.#least.push(leastMs);
    if (this.#least.length > BASE_STRETCHES) this.#least.shift();
    const before = this.#queueMs;
    this.#queueMs = leastMs - Math.min(...this.#least);
    const { excessMs } = this;
    if (excessMs === 0) this.#arrived.length = 0;
    else this.#arrived.push(this.#bytes);
    if (this.#arrived.length > RATE_STRETCHES) this.#arrived.shift();
    if (excessMs > 0 && this.#queueMs > before) this.#warned = true;
    const learning = excessMs > 0 ? EXCESS_LEARNING : LEARNING;
    const differenceMs = this.#queueMs - this.#meanMs;
    this.#meanMs += learning * differenceMs;
    this.#deviationMs += learning * (Math.abs(differenceMs) - this.#deviationMs);
  }
}
