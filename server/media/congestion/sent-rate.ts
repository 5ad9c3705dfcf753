const SLOT_MS = 50;
const SLOTS = 10;

/** [P] How much left for one viewer in the last half second, bit/s. */
export class SentRate {
  readonly #bytes = new Float64Array(SLOTS);
  #slot = 0;
  #startedAtMs: number;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
  }

  add(bytes: number, nowMs: number): void {
    this.#turnTo(nowMs);
    this.#bytes[this.#slot % SLOTS]! += bytes;
  }

  bitrateBps(nowMs: number): number {
    this.#turnTo(nowMs);
    const bytes = this.#bytes.reduce((sum, each) => sum + each, 0);
    return (bytes * 8_000) / Math.min(SLOTS * SLOT_MS, Math.max(SLOT_MS, nowMs - this.#startedAtMs));
  }

  #turnTo(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next++) this.#bytes[next % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
