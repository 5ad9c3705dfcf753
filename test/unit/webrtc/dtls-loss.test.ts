import { expect, onTestFinished, test } from 'vitest';
import { dtlsPair, type Link } from '../../support/peers/dtls-pair.js';
import { seededRandom } from '../../support/seeded-random.js';

const HANDSHAKES = 60;
const DELAY_MS = 10;
const SEED = Number(process.env.SEED ?? 0x5eed);

/** Milliseconds that a handshake takes when each datagram is lost with this probability, on a path of 20 ms there and back. */
async function handshakeMs(random: () => number, loss: number): Promise<number> {
  const lossy: Link = (datagram, deliver) => {
    if (random() >= loss) setTimeout(() => deliver(datagram), DELAY_MS);
  };
  const pair = dtlsPair({ up: lossy, down: lossy });
  onTestFinished(() => pair.close());
  const started = performance.now();
  const outcomes = await pair.shakeHands();
  for (const outcome of outcomes) if (!outcome.ok) throw new Error(outcome.error);
  return performance.now() - started;
}

async function times(loss: number): Promise<{ readonly median: number; readonly p95: number }> {
  const random = seededRandom(SEED);
  const all = await Promise.all(Array.from({ length: HANDSHAKES }, () => handshakeMs(random, loss)));
  const sorted = all.toSorted((a, b) => a - b);
  const found = { median: Math.round(sorted[HANDSHAKES / 2]!), p95: Math.round(sorted[Math.floor(HANDSHAKES * 0.95)]!) };
  process.stdout.write(`seed ${SEED}, ${loss * 100}% lost: median ${found.median} ms, 95th of 100 ${found.p95} ms\n`);
  return found;
}

test('handshakes are done soon, also when a quarter of the datagrams is lost', { timeout: 60_000 }, async () => {
  const clean = await times(0);
  const lossy = await times(0.25);
  // The timer of RFC 6347 would repeat a lost flight after 1 s at the earliest.
  expect(lossy.median).toBeLessThan(clean.median + 700);
  expect(lossy.p95).toBeLessThan(clean.median + 3_000);
});
