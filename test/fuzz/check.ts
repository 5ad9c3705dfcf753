import { setImmediate } from 'node:timers/promises';
import type { Failure, Property, Target } from './target.js';

/** What came of checking one property for a while. */
export interface Outcome {
  readonly runs: number;
  readonly failure: Failure | undefined;
}

/** Seeds are 32-bit numbers; each round takes the next one, since the inputs of one seed grow alike. */
const SEEDS = 2 ** 31;
const RUNS_PER_ROUND = 2_000;

export function randomSeed(): number {
  return Math.floor(Math.random() * SEEDS);
}

/** Checks a property round after round until `timeMs` are over or something is found; the first round has `seed`. */
export async function checkFor(property: Property, seed: number, timeMs: number): Promise<Outcome> {
  const endMs = performance.now() + timeMs;
  let runs = 0;
  for (let round = 0; ; round++) {
    const leftMs = endMs - performance.now();
    if (round > 0 && leftMs <= 0) return { runs, failure: undefined };
    // Memory outside the heap comes back in a turn of the event loop, which promises alone never give.
    await setImmediate();
    const found = await property.check({
      seed: (seed + round) % SEEDS,
      numRuns: RUNS_PER_ROUND,
      interruptAfterTimeLimit: Math.max(1, leftMs),
      includeErrorInReport: true,
    });
    runs += found.runs;
    if (found.failure) return { runs, failure: found.failure };
  }
}

/** Runs one counterexample again. */
export async function checkAgain(property: Property, seed: number, path: string): Promise<Outcome> {
  return property.check({ seed, path, endOnFailure: true, includeErrorInReport: true });
}

/** How to see a failure again. */
export function commandFor(target: Target, property: Property, { seed, path }: Failure): string {
  return `npm run fuzz -- ${target.name} --property ${target.properties.indexOf(property) + 1} --seed ${seed} --path ${path}`;
}
