const OVERUSE_SHARE = 0.05;
const LEAST_DEVIATION = 0.4;
const MOST_DEVIATION = 2.5;

/** [P] What the path carried when it was last full, bit/s: near it a rate rises slowly. */
export class LinkCapacity {
  #estimateKbps: number | undefined;
  #deviation = LEAST_DEVIATION;

  get bitrateBps(): number | undefined {
    return this.#estimateKbps === undefined ? undefined : this.#estimateKbps * 1_000;
  }

  /** Three deviations around the estimate; everything while nothing is known. */
  get upperBps(): number {
    return this.#estimateKbps === undefined ? Number.POSITIVE_INFINITY : (this.#estimateKbps + this.#spread()) * 1_000;
  }

  get lowerBps(): number {
    return this.#estimateKbps === undefined ? 0 : Math.max(0, this.#estimateKbps - this.#spread()) * 1_000;
  }

  /** So much arrived while the path was full. */
  full(acknowledgedBps: number): void {
    const sampleKbps = acknowledgedBps / 1_000;
    const estimate = this.#estimateKbps ?? sampleKbps;
    const next = (1 - OVERUSE_SHARE) * estimate + OVERUSE_SHARE * sampleKbps;
    const errorKbps = next - sampleKbps;
    const deviation = (1 - OVERUSE_SHARE) * this.#deviation + (OVERUSE_SHARE * errorKbps ** 2) / Math.max(next, 1);
    this.#deviation = Math.min(MOST_DEVIATION, Math.max(LEAST_DEVIATION, deviation));
    this.#estimateKbps = next;
  }

  forget(): void {
    this.#estimateKbps = undefined;
  }

  #spread(): number {
    return 3 * Math.sqrt(this.#deviation * (this.#estimateKbps ?? 0));
  }
}
