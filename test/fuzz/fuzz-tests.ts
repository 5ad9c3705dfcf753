import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFor, commandFor, randomSeed } from './check.js';
import type { Target } from './target.js';

/** For all properties of a target together; `npm run fuzz` takes longer. */
const TARGET_MS = 10_000;
const SEED = Number(process.env.SEED ?? randomSeed());

/** Tests of the targets; each file of tests runs its own at the same time as the other. */
export function fuzz(targets: readonly Target[]): void {
  for (const target of targets) {
    describe(`${target.name} (SEED=${SEED})`, () => {
      let release: (() => Promise<void>) | undefined;

      beforeAll(async () => {
        release = await target.open?.();
      });
      afterAll(() => release?.());

      for (const property of target.properties) {
        test(property.title, async () => {
          const { failure, runs } = await checkFor(property, SEED, TARGET_MS / target.properties.length);
          expect(runs).toBeGreaterThan(0);
          if (failure) expect.fail(`${failure.report}\n\nAgain: ${commandFor(target, property, failure)}`);
        });
      }
    });
  }
}
