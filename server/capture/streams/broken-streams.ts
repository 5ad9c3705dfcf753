import type { CaptureProblem } from '../capture-status.js';

/** After this time newcomers are shown the rung again, whose driver, say, may be back. */
const TRIED_AGAIN_MS = 60_000;

interface Breakage {
  readonly reason: string;
  readonly atMs: number;
}

/** Which streams gave no picture when they were last tried. */
export class BrokenStreams {
  readonly #broken = new Map<string, Breakage>();

  /** Returns whether that is news: the same failure of every further try is none. */
  broke(id: string, reason: string, nowMs: number): boolean {
    const isNews = this.#broken.get(id)?.reason !== reason;
    this.#broken.set(id, { reason, atMs: nowMs });
    return isNews;
  }

  /** It gave a picture. */
  delivered(id: string): void {
    if (this.#broken.size > 0) this.#broken.delete(id);
  }

  /** Something that pipelines depend on has changed, so that nothing is known any more. */
  clear(): void {
    this.#broken.clear();
  }

  /** Whether it is left out when a newcomer's stream is chosen. */
  isAvoided(id: string, nowMs: number): boolean {
    const found = this.#broken.get(id);
    return found !== undefined && nowMs < found.atMs + TRIED_AGAIN_MS;
  }

  get problems(): readonly CaptureProblem[] {
    return [...this.#broken].map(([about, { reason }]) => ({ about, reason }));
  }
}

/** The rung in place of a broken one: the next worse, else the next better that is not broken itself. */
export function nextRung(ladder: readonly string[], id: string, isAvoided: (id: string) => boolean): string | undefined {
  const index = ladder.indexOf(id);
  if (index < 0) return undefined;
  const inOrder = [...ladder.slice(index + 1), ...ladder.slice(0, index).toReversed()];
  return inOrder.find((each) => !isAvoided(each));
}
