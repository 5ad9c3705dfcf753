import { expect, test } from 'vitest';
import { SimulatedFlow, type SimulatedPacket, simulate } from '../../support/congestion/simulated-flow.js';
import { LinkDirection } from '../../support/net/link/link-direction.js';
import type { LinkQuality } from '../../support/net/link/link-quality.js';
import { seededRandom } from '../../support/seeded-random.js';

const SEED = 20_261;
const TOP_BPS = 3_000_000;
/** A path's rate from a moment on. */
type Step = readonly [untilMs: number, rateBps: number];

interface Course {
  readonly flow: SimulatedFlow;
  /** The estimate at each millisecond. */
  readonly estimates: readonly number[];
  /** Bytes that had arrived at each millisecond. */
  readonly delivered: readonly number[];
}

function course(steps: readonly Step[], quality: LinkQuality = {}, topBps = TOP_BPS): Course {
  const random = seededRandom(SEED);
  const { delayMs = 20 } = quality;
  const path = { delayMs, queueBytes: 60_000, ...quality };
  const out = new LinkDirection<SimulatedPacket>(path, random);
  const back = new LinkDirection<SimulatedPacket>({ delayMs }, random);
  const flow = new SimulatedFlow(out, back, { topBps }, 0);
  const estimates: number[] = [];
  const delivered: number[] = [];
  let fromMs = 0;
  for (const [untilMs, rateBps] of steps) {
    out.change({ ...path, rateBps }, fromMs);
    simulate([flow], out, back, fromMs, untilMs, () => {
      estimates.push(flow.controller.estimateBps);
      delivered.push(flow.deliveredBytes);
    });
    fromMs = untilMs;
  }
  return { flow, estimates, delivered };
}

/** The share of what could be used that was, in [fromMs, untilMs). */
function utilisation({ delivered }: Course, fromMs: number, untilMs: number, usableBps: number): number {
  return ((delivered[untilMs - 1]! - delivered[fromMs]!) * 8_000) / (untilMs - fromMs) / usableBps;
}

function queueP95({ flow }: Course, fromMs: number, untilMs: number, delayMs = 20): number {
  const delays = flow.delays.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map((each) => each.delayMs - delayMs);
  delays.sort((a, b) => a - b);
  return delays[Math.floor(delays.length * 0.95)]!;
}

const STEPS: readonly Step[] = [
  [20_000, 4_000_000],
  [40_000, 1_000_000],
  [60_000, 2_500_000],
  [80_000, 500_000],
  [100_000, 4_000_000],
];

test.each([20, 100])('CC1 CC2 CC3 the estimate follows a path that changes, %i ms away', (delayMs) => {
  const run = course(STEPS, { delayMs });
  let fromMs = 0;
  for (const [index, [untilMs, rateBps]] of STEPS.entries()) {
    const usableBps = Math.min(rateBps, TOP_BPS);
    expect(utilisation(run, fromMs + 5_000, untilMs, usableBps), `use of ${rateBps}`).toBeGreaterThanOrEqual(0.85);
    const before = STEPS[index - 1]?.[1] ?? 0;
    if (rateBps < before) {
      const cutMs = run.estimates.slice(fromMs).findIndex((bps) => bps < 0.97 * run.estimates[fromMs]!);
      expect(cutMs, `first cut to ${rateBps}`).toBeLessThanOrEqual(300 + delayMs);
      expect(run.estimates.slice(fromMs).findIndex((bps) => bps <= rateBps)).toBeLessThanOrEqual(1_000);
    }
    expect(queueP95(run, fromMs + 3_000, untilMs, delayMs), `queue at ${rateBps}`).toBeLessThanOrEqual(100);
    fromMs = untilMs;
  }
});

test('CC5 a path that carries more again is found within 4 s', () => {
  const steps: readonly Step[] = [
    [20_000, 300_000],
    [40_000, 2_500_000],
  ];
  const { estimates } = course(steps);
  expect(estimates[19_999]).toBeLessThan(400_000);
  expect(estimates.slice(20_000).findIndex((bps) => bps >= 0.9 * 2_500_000)).toBeLessThanOrEqual(4_000);
});

test('CC4 losses that come without a queue cost little', () => {
  const clean = course([[40_000, 2_500_000]]);
  const lossy = course([[40_000, 2_500_000]], { loss: 0.05 });
  const rate = (run: Course) => utilisation(run, 10_000, 40_000, 2_500_000);
  expect(rate(lossy)).toBeGreaterThanOrEqual(0.8 * 0.95 * rate(clean));
});

test('CC6 nothing is probed above what the viewer can make use of', () => {
  const { flow, delivered } = course([[30_000, 50_000_000]], {}, 500_000);
  expect(flow.controller.estimateBps).toBeGreaterThan(500_000);
  const lastSecondBps = (delivered[29_999]! - delivered[19_999]!) * 0.8;
  expect(lastSecondBps).toBeLessThan(510_000);
});

test('CC6 while little is sent and probes find nothing, they come ever more seldom', () => {
  const random = seededRandom(SEED);
  const out = new LinkDirection<SimulatedPacket>({ rateBps: 2_000_000, delayMs: 20 }, random);
  const back = new LinkDirection<SimulatedPacket>({ delayMs: 20 }, random);
  const flow = new SimulatedFlow(out, back, { topBps: TOP_BPS }, 0);
  simulate([flow], out, back, 0, 5_000);
  flow.active = false;
  simulate([flow], out, back, 5_000, 200_000);
  const before = flow.deliveredBytes;
  simulate([flow], out, back, 200_000, 500_000);
  expect(((flow.deliveredBytes - before) * 8) / 300).toBeLessThan(2_000);
});

test('CC7 a path that delivers unevenly is not taken for a full one', () => {
  const run = course([[30_000, 4_000_000]], { jitterMs: 15, delayMs: 40 });
  expect(utilisation(run, 5_000, 30_000, TOP_BPS)).toBeGreaterThanOrEqual(0.85);
});

test('CC8 feedback that does not come is a sign of congestion', () => {
  const path = { delayMs: 20, rateBps: 4_000_000 };
  const random = seededRandom(SEED);
  const out = new LinkDirection<SimulatedPacket>(path, random);
  const back = new LinkDirection<SimulatedPacket>(path, random);
  const flow = new SimulatedFlow(out, back, { topBps: TOP_BPS }, 0);
  simulate([flow], out, back, 0, 10_000);
  const before = flow.controller.estimateBps;
  back.change({ ...path, loss: 1 }, 10_000);
  simulate([flow], out, back, 10_000, 12_000);
  expect(flow.controller.estimateBps).toBeLessThan(0.5 * before);
});

test('CC10 viewers who share a path share it evenly', () => {
  const path = { delayMs: 20, rateBps: 3_000_000, queueBytes: 60_000 };
  const random = seededRandom(SEED);
  const out = new LinkDirection<SimulatedPacket>(path, random);
  const back = new LinkDirection<SimulatedPacket>({ delayMs: 20 }, random);
  const first = new SimulatedFlow(out, back, { topBps: TOP_BPS }, 0);
  simulate([first], out, back, 0, 20_000);
  const second = new SimulatedFlow(out, back, { topBps: TOP_BPS }, 20_000);
  simulate([first, second], out, back, 20_000, 60_000);
  const before = [first, second].map(({ deliveredBytes }) => deliveredBytes);
  simulate([first, second], out, back, 60_000, 120_000);
  const rates = [first, second].map(({ deliveredBytes }, i) => deliveredBytes - before[i]!);
  const sum = rates[0]! + rates[1]!;
  expect(sum ** 2 / (2 * (rates[0]! ** 2 + rates[1]! ** 2))).toBeGreaterThanOrEqual(0.9);
  expect((sum * 8) / 60 / 3_000_000).toBeGreaterThanOrEqual(0.8);
});

test('CC11 another path is found out about anew', () => {
  const path = { delayMs: 20, rateBps: 500_000, queueBytes: 60_000 };
  const random = seededRandom(SEED);
  const out = new LinkDirection<SimulatedPacket>(path, random);
  const back = new LinkDirection<SimulatedPacket>({ delayMs: 20 }, random);
  const flow = new SimulatedFlow(out, back, { topBps: TOP_BPS }, 0);
  simulate([flow], out, back, 0, 10_000);
  out.change({ ...path, rateBps: 10_000_000, delayMs: 150 }, 10_000);
  flow.controller.pathChanged();
  simulate([flow], out, back, 10_000, 12_000);
  expect(flow.controller.estimateBps).toBeGreaterThan(2_000_000);
});
