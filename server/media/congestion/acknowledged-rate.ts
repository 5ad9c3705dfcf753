/** The first window is longer, so that one burst at the beginning is not taken for the rate. */
const FIRST_WINDOW_MS = 500;
const WINDOW_MS = 150;
/** How much a sample that differs from the estimate is distrusted. */
const DISTRUST = 10;
/** Of a path that carries little because little is sent, a lower rate says less than a higher one. */
const IDLE_DISTRUST = 20;
const LEAST_VARIANCE_KBPS = 40;

/** [P] How much arrives at the viewer, bit/s, from transport-wide feedback: windows of 150 ms, smoothed by how much each is trusted. */
export class AcknowledgedRate {
  #bytes = 0;
  #beganMs: number | undefined;
  #estimateKbps: number | undefined;
  #varianceKbps = 50;

  /** Undefined until the first window is over. */
  get bitrateBps(): number | undefined {
    return this.#estimateKbps === undefined ? undefined : this.#estimateKbps * 1_000;
  }

  /** One packet that arrived, on the receiver's clock. */
  add(arrivedMs: number, bytes: number, applicationLimited: boolean): void {
    this.#beganMs ??= arrivedMs;
    const windowMs = this.#estimateKbps === undefined ? FIRST_WINDOW_MS : WINDOW_MS;
    const elapsedMs = arrivedMs - this.#beganMs;
    if (elapsedMs < 0) this.#begin(arrivedMs);
    else if (elapsedMs >= windowMs) {
      // After a pause the rate of the time before it says nothing.
      if (elapsedMs < 2 * windowMs) this.#sample((this.#bytes * 8) / elapsedMs, applicationLimited);
      this.#begin(arrivedMs);
    }
    this.#bytes += bytes;
  }

  /** The rate is another from now on. */
  restart(): void {
    this.#estimateKbps = undefined;
    this.#varianceKbps = 50;
    this.#beganMs = undefined;
    this.#bytes = 0;
  }

  #begin(arrivedMs: number): void {
    this.#beganMs = arrivedMs;
    this.#bytes = 0;
  }

  #sample(sampleKbps: number, applicationLimited: boolean): void {
    const estimate = this.#estimateKbps;
    if (estimate === undefined) {
      this.#estimateKbps = sampleKbps;
      return;
    }
    const distrust = applicationLimited && sampleKbps < estimate ? IDLE_DISTRUST : DISTRUST;
    const uncertainty = (distrust * Math.abs(estimate - sampleKbps)) / (estimate + Math.min(sampleKbps, LEAST_VARIANCE_KBPS));
    const sampleVariance = uncertainty ** 2;
    const variance = this.#varianceKbps + 5;
    this.#estimateKbps = (sampleVariance * estimate + variance * sampleKbps) / (sampleVariance + variance);
    this.#varianceKbps = (sampleVariance * variance) / (sampleVariance + variance);
  }
}
