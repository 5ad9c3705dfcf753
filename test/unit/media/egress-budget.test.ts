import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUDGET_WINDOW_MS, EgressBudget } from '../../../server/media/egress/egress-budget.js';

const step = fc.record({
  gapMs: fc.oneof(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 600, noNaN: true })),
  bytes: fc.integer({ min: 60, max: 1_300 }),
  /** Sound: leaves whatever the budget says. */
  free: fc.boolean(),
  bitrateBps: fc.option(fc.integer({ min: 0, max: 3_000_000 }), { freq: 10 }),
});

test('EG1 whatever leaves when, no window of 200 ms holds more than the budget, and none that has room refuses', () => {
  fc.assert(
    fc.property(fc.integer({ min: 50_000, max: 2_000_000 }), fc.array(step, { maxLength: 300 }), (firstBps, steps) => {
      const budget = new EgressBudget(firstBps);
      const left: { readonly atMs: number; readonly bytes: number }[] = [];
      let limitBytes = firstBps / 40;
      let atMs = 1_000.25;
      const within = (ms: number) => left.reduce((sum, each) => (each.atMs > atMs - ms ? sum + each.bytes : sum), 0);
      for (const { gapMs, bytes, free, bitrateBps } of steps) {
        atMs += gapMs;
        if (bitrateBps !== null) {
          budget.set(bitrateBps);
          limitBytes = bitrateBps / 40;
        }
        const fits = bytes <= budget.roomBytes(atMs);
        // The slots are a millisecond wide, at either end.
        const right = fits ? within(BUDGET_WINDOW_MS) + bytes <= limitBytes : within(BUDGET_WINDOW_MS + 2) + bytes > limitBytes;
        if (!right) expect.fail(`${bytes} bytes ${fits ? 'left' : 'were held back'} at ${atMs} ms`);
        if (!fits && !free) continue;
        budget.spend(atMs, bytes);
        left.push({ atMs, bytes });
      }
    }),
    { numRuns: 300 },
  );
});

test('EG1 all of a budget is used: 1 Mbit/s of datagrams that leave as soon as there is room', () => {
  const budget = new EgressBudget(1_000_000);
  let bytes = 0;
  for (let nowMs = 0; nowMs < 10_000; nowMs++) {
    while (budget.roomBytes(nowMs) >= 1_200) {
      budget.spend(nowMs, 1_200);
      bytes += 1_200;
    }
  }
  expect((bytes * 8) / 10).toBeGreaterThan(950_000);
  expect((bytes * 8) / 10).toBeLessThanOrEqual(1_020_000);
});

test('a budget that was lowered counts what has left, and one that was raised gives room at once', () => {
  const budget = new EgressBudget(400_000);
  budget.spend(5, 10_000);
  expect(budget.roomBytes(5)).toBe(0);
  budget.set(200_000);
  expect(budget.roomBytes(6)).toBe(-5_000);
  budget.set(800_000);
  expect(budget.roomBytes(6)).toBe(10_000);
  expect(budget.roomBytes(5 + BUDGET_WINDOW_MS)).toBe(10_000);
  expect(budget.roomBytes(6 + BUDGET_WINDOW_MS)).toBe(20_000);
});
