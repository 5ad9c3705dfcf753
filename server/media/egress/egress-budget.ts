/** The stretch of time over which a budget holds, wherever it begins. */
export const BUDGET_WINDOW_MS = 200;
/** Bytes go into slots of whole milliseconds. A window that begins within one ends within another, so there is one slot more. */
const SLOTS = BUDGET_WINDOW_MS + 1;

/** What one viewer may still be sent, given what left for it in the last 200 ms (SPEC.md EG1). Pure. Bytes are those of datagrams. */
export class EgressBudget {
  #limitBytes: number;
  readonly #bytes = new Float64Array(SLOTS);
  /** The slot that is filled now; slots are numbered by their millisecond. */
  #slot = 0;
  #spentBytes = 0;

  constructor(bitrateBps: number) {
    this.#limitBytes = limitBytesOf(bitrateBps);
  }

  /** Holds from now on, for what has left already too. */
  set(bitrateBps: number): void {
    this.#limitBytes = limitBytesOf(bitrateBps);
  }

  /** All that a window has room for. */
  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Bytes that may leave now; below 0 after what nothing holds back, and after the budget was lowered. */
  roomBytes(nowMs: number): number {
    this.#turnTo(nowMs);
    return this.#limitBytes - this.#spentBytes;
  }

  /** Everything that leaves counts, also what the budget does not hold back. */
  spend(nowMs: number, bytes: number): void {
    this.#turnTo(nowMs);
    this.#bytes[this.#slot % SLOTS]! += bytes;
    this.#spentBytes += bytes;
  }

  /** What is older than the window is given back. */
  #turnTo(nowMs: number): void {
    const slot = Math.floor(nowMs);
    for (let next = Math.max(this.#slot + 1, slot - SLOTS + 1); next <= slot; next++) {
      this.#spentBytes -= this.#bytes[next % SLOTS]!;
      this.#bytes[next % SLOTS] = 0;
    }
    this.#slot = Math.max(this.#slot, slot);
  }
}

function limitBytesOf(bitrateBps: number): number {
  return Math.max(0, (bitrateBps / 8_000) * BUDGET_WINDOW_MS);
}
