import { expect, test } from 'vitest';
import { LinkDirection } from '../../support/net/link/link-direction.js';
import type { LinkQuality } from '../../support/net/link/link-quality.js';
import { seededRandom } from '../../support/seeded-random.js';

interface Packet {
  readonly length: number;
  readonly number: number;
}

interface Sent {
  readonly atMs: number;
  readonly length?: number;
}

/** Sends packets at these times and returns which arrive when. */
function run(quality: LinkQuality, sent: readonly Sent[], seed = 1) {
  const direction = new LinkDirection<Packet>(quality, seededRandom(seed));
  const arrivals: { number: number; atMs: number }[] = [];
  const until = (endMs: number) => {
    for (let nextMs = direction.nextMs(); nextMs !== undefined && nextMs <= endMs; nextMs = direction.nextMs())
      for (const { number } of direction.take(nextMs)) arrivals.push({ number, atMs: nextMs });
  };
  for (const [number, { atMs, length = 1000 }] of sent.entries()) {
    until(atMs);
    direction.push({ length, number }, atMs);
  }
  until(Number.POSITIVE_INFINITY);
  return { arrivals, counts: direction.counts, order: arrivals.map(({ number }) => number) };
}

const every = (stepMs: number, count: number): Sent[] => Array.from({ length: count }, (_, index) => ({ atMs: index * stepMs }));
const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);

test('a link without any quality passes everything on at once', () => {
  expect(run({}, [{ atMs: 1 }, { atMs: 1 }, { atMs: 7 }]).arrivals).toEqual([
    { number: 0, atMs: 1 },
    { number: 1, atMs: 1 },
    { number: 2, atMs: 7 },
  ]);
});

test('rate: packets leave one after another, each for its length, and travel for the delay', () => {
  const sent = [{ atMs: 0 }, { atMs: 0, length: 500 }, { atMs: 20 }];
  // 1000 bytes at 1 Mbit/s take 8 ms.
  expect(run({ rateBps: 1_000_000, delayMs: 30 }, sent).arrivals.map(({ atMs }) => atMs)).toEqual([38, 42, 58]);
});

test('queue: so many bytes wait beside the packet that is being sent, and what comes then is dropped', () => {
  const { order, counts } = run({ rateBps: 1_000_000, queueBytes: 2000 }, [
    { atMs: 0 },
    { atMs: 1 },
    { atMs: 2 },
    { atMs: 3, length: 1 },
    // The first has left at 8 ms: there is room again.
    { atMs: 8.5 },
    { atMs: 9, length: 1 },
  ]);
  expect(order).toEqual([0, 1, 2, 4]);
  expect(counts).toMatchObject({ delivered: 4, overflowed: 2 });
});

test('jitter: arrivals spread evenly around the delay, in order', () => {
  const { arrivals, order } = run({ delayMs: 50, jitterMs: 20 }, every(100, 2000));
  expect(order).toEqual(ascending(order));
  const delays = ascending(arrivals.map(({ number, atMs }) => atMs - number * 100));
  expect(delays[0]).toBeGreaterThanOrEqual(30);
  expect(delays.at(-1)).toBeLessThanOrEqual(70);
  expect(delays[1000]).toBeCloseTo(50, -0.5);
  const crowded = run({ delayMs: 50, jitterMs: 20 }, every(1, 500));
  expect(crowded.order).toEqual(ascending(crowded.order));
});

test('loss: the share of packets that get lost used the link all the same', () => {
  const { arrivals, counts } = run({ rateBps: 1_000_000, loss: 0.1 }, every(0, 5000));
  expect(counts.lost / 5000).toBeCloseTo(0.1, 1.7);
  expect(arrivals.at(-1)!.atMs).toBeCloseTo(5000 * 8, -2);
});

test('reordering: the share that is held back is passed by others, which keep their times', () => {
  const { arrivals, counts, order } = run({ delayMs: 10, reorder: 0.05, reorderMs: 25 }, every(10, 2000));
  const late = arrivals.filter(({ number, atMs }) => atMs - number * 10 > 10);
  expect(late).toHaveLength(counts.heldBack);
  expect(counts.heldBack / 2000).toBeCloseTo(0.05, 1.7);
  expect(new Set(late.map(({ number, atMs }) => atMs - number * 10))).toEqual(new Set([35]));
  expect(order).not.toEqual(ascending(order));
});

test('the same seed treats the same packets alike, another one others', () => {
  const quality = { delayMs: 10, jitterMs: 5, loss: 0.2, reorder: 0.1, reorderMs: 7 };
  const once = run(quality, every(2, 500), 7);
  expect(run(quality, every(2, 500), 7)).toEqual(once);
  expect(run(quality, every(2, 500), 8)).not.toEqual(once);
});

test('a change is good from the next packet that is sent; random numbers stay with their packets', () => {
  const direction = new LinkDirection<Packet>({ rateBps: 1_000_000 }, seededRandom(1));
  for (let number = 0; number < 3; number++) direction.push({ length: 1000, number }, 0);
  direction.change({ rateBps: 2_000_000, delayMs: 100 }, 1);
  expect([8, 111, 112, 115, 116].map((atMs) => direction.take(atMs).length)).toEqual([1, 0, 1, 0, 1]);
  expect(direction.nextMs()).toBeUndefined();
});
