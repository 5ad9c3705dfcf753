export type TrendDirection = 'upward' | 'neutral' | 'downward';

const WINDOW = 8;
const DOWNWARD = -0.5;

/** [P] neko's trend detector: Kendall's tau over the last eight values; a value that is repeated is not added. */
export class Trend {
  readonly #values: number[] = [];

  add(value: number): void {
    if (value === this.#values.at(-1)) return;
    this.#values.push(value);
    if (this.#values.length > WINDOW) this.#values.shift();
  }

  get direction(): TrendDirection {
    if (this.#values.length < WINDOW) return 'neutral';
    const tau = kendall(this.#values);
    if (tau > 0) return 'upward';
    return tau < DOWNWARD ? 'downward' : 'neutral';
  }
}

/** Over all pairs in the order of time, ties left out. */
function kendall(values: readonly number[]): number {
  let rising = 0;
  let falling = 0;
  for (const [i, earlier] of values.entries()) {
    for (const later of values.slice(i + 1)) {
      if (later > earlier) rising++;
      if (later < earlier) falling++;
    }
  }
  return rising + falling === 0 ? 0 : (rising - falling) / (rising + falling);
}
