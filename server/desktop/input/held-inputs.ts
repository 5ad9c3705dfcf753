/**
 * [P] The keys (by keysym) or buttons (by code) that are held, each with the data for its release.
 *
 * Finds a second press of a held key and a release of one that is not held, so that repeats of clients are dropped.
 */
export class HeldInputs<Release> {
  readonly #held = new Map<number, { readonly release: Release; readonly sinceMs: number }>();

  get size(): number {
    return this.#held.size;
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** Notes that `id` went down; the caller has made sure that it was up. */
  down(id: number, release: Release, nowMs: number): void {
    this.#held.set(id, { release, sinceMs: nowMs });
  }

  /** Forgets `id` and returns what was noted with it, or undefined if it was not held. */
  up(id: number): Release | undefined {
    const entry = this.#held.get(id);
    this.#held.delete(id);
    return entry?.release;
  }

  /** Whether any held entry was noted with `release`. */
  uses(release: Release): boolean {
    for (const entry of this.#held.values()) if (entry.release === release) return true;
    return false;
  }

  /** The ids that went down `limitMs` or longer ago. */
  heldFor(limitMs: number, nowMs: number): number[] {
    return [...this.#held].filter(([, entry]) => nowMs - entry.sinceMs >= limitMs).map(([id]) => id);
  }

  /** Every held id, in the order in which they went down. */
  ids(): number[] {
    return [...this.#held.keys()];
  }
}
