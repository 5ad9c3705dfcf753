/** Packets further back than this are refused unseen. RFC 3711 section 3.3.2 asks for at least 64. */
export const REPLAY_WINDOW = 1024;

/** Which packet indexes (up to 2^48) have been seen (RFC 3711 section 3.3.2). */
export class ReplayWindow {
  readonly #seen = new Uint8Array(REPLAY_WINDOW);
  #highest = -1;

  get highest(): number {
    return this.#highest;
  }

  /** Whether the index is new and recent enough to be looked at. */
  accepts(index: number): boolean {
    if (index > this.#highest) return true;
    return index > this.#highest - REPLAY_WINDOW && this.#seen[index % REPLAY_WINDOW] === 0;
  }

  /** Notes an index; only after its packet was authenticated. */
  note(index: number): void {
    const fresh = Math.min(index - this.#highest, REPLAY_WINDOW);
    for (let step = 0; step < fresh; step++) this.#seen[(index - step) % REPLAY_WINDOW] = 0;
    this.#seen[index % REPLAY_WINDOW] = 1;
    if (index > this.#highest) this.#highest = index;
  }
}

/** The 48-bit index that a 16-bit sequence number most likely means (RFC 3711 section 3.3.1), given the highest so far (-1: none). */
export function guessIndex(sequenceNumber: number, highest: number): number {
  if (highest < 0) return sequenceNumber;
  const ahead = ((sequenceNumber - highest) << 16) >> 16;
  const index = highest + ahead;
  return index < 0 ? index + 0x1_0000 : index;
}
