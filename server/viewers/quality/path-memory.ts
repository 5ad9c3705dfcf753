import { VIEWER_LIMITS } from '../limits.js';

interface Known {
  readonly bitrateBps: number;
  readonly atMs: number;
}

/** For so long what was known holds; then it fades, by half each time that passes again. */
const HOLDS_MS = 30_000;
const HALF_LIFE_MS = 30_000;

/** [P] What the paths to addresses last carried, so that a viewer who comes back starts there. */
export class PathMemory {
  readonly #known = new Map<string, Known>();

  note(address: string, bitrateBps: number, nowMs: number): void {
    this.#known.delete(address);
    this.#known.set(address, { bitrateBps, atMs: nowMs });
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size > VIEWER_LIMITS.rememberedPaths.value) this.#known.delete(oldest);
  }

  /** Undefined for an address that nothing is known of; else between what it held and `initialBps`, by the age. */
  startBps(address: string, initialBps: number, nowMs: number): number | undefined {
    const known = this.#known.get(address);
    if (known === undefined) return undefined;
    const weight = 0.5 ** (Math.max(0, nowMs - known.atMs - HOLDS_MS) / HALF_LIFE_MS);
    return initialBps + weight * (known.bitrateBps - initialBps);
  }
}
