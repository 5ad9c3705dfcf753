import { expect, test } from 'vitest';
import { CongestionDriver } from '../../../server/media/congestion/congestion-driver.js';
import type { SendFeedback } from '../../../server/media/media-engine.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

const PACKET_BYTES = 1_000;

function feedbackOf(
  rows: readonly { readonly sentAtMs: number; readonly receivedAtMs: number; readonly probe: number }[],
): SendFeedback {
  return {
    count: rows.length,
    sentAtMs: Float64Array.from(rows, ({ sentAtMs }) => sentAtMs),
    receivedAtMs: Float64Array.from(rows, ({ receivedAtMs }) => receivedAtMs),
    bytes: Uint16Array.from(rows, () => PACKET_BYTES),
    probe: Uint32Array.from(rows, ({ probe }) => probe),
  };
}

function driven() {
  const clock = new SteppedClock();
  const done = {
    budgets: [] as (number | undefined)[],
    paddings: [] as number[],
    pacing: [] as number[],
    estimates: [] as number[],
    probe: 0,
  };
  const stats = { packetsSent: 0, bytesSent: 0, rtpReceived: 0, rtpRejected: 0, rtcpReceived: 0, rtcpRejected: 0 };
  const driver = new CongestionDriver({
    sender: {
      stats,
      setBudget: (bps) => done.budgets.push(bps),
      setPacingRate: (bps) => done.pacing.push(bps),
      sendPadding: (bytes) => {
        done.paddings.push(bytes);
        return bytes;
      },
      markProbe: (id) => {
        done.probe = id;
      },
    },
    startBps: 1_000_000,
    onEstimate: (bps) => done.estimates.push(bps),
    clock,
  });
  driver.setUseful(3_000_000);
  return { clock, driver, done, stats };
}

test('CC9 until feedback was heard nothing is held back, and the first picture is the first probe', () => {
  const { clock, driver, done, stats } = driven();
  driver.setUseful(2_000_000);
  expect(done.probe).toBeGreaterThan(0);
  stats.bytesSent = 40 * PACKET_BYTES;
  clock.advance(2_000);
  expect(done.budgets).toEqual([]);
  expect(done.paddings).toEqual([]);
  expect(driver.estimateBps).toBeUndefined();
  // 40 packets that left within 20 ms arrive within 100: 4 Mbit/s.
  const first = Array.from({ length: 40 }, (_, i) => ({ sentAtMs: i / 2, receivedAtMs: 20 + i * 2.5, probe: done.probe }));
  driver.feedback(feedbackOf(first));
  expect(done.probe).toBe(0);
  expect(driver.estimateBps).toBeGreaterThan(2_500_000);
  expect(driver.estimateBps).toBeLessThan(3_500_000);
  expect(done.budgets.at(-1)).toBeCloseTo(1.2 * driver.estimateBps!);
  expect(done.estimates).toEqual([driver.estimateBps]);
});

test('CC1 a frame is not paced where the path carries all that the viewer can make use of', () => {
  const { driver, done } = driven();
  const first = Array.from({ length: 40 }, (_, i) => ({ sentAtMs: i / 2, receivedAtMs: 20 + i * 2.5, probe: done.probe }));
  driver.setUseful(1_000_000);
  driver.feedback(feedbackOf(first));
  driver.setUseful(6_000_000);
  driver.feedback(feedbackOf([{ sentAtMs: 30, receivedAtMs: 130, probe: 0 }]));
  expect(done.pacing[0]).toBeGreaterThan(100_000_000);
  expect(done.pacing[1]).toBeCloseTo(2.5 * driver.estimateBps!);
});

test('CC5 a probe leaves step by step at its rate, and what leaves meanwhile is part of it', () => {
  const { clock, driver, done } = driven();
  driver.feedback(feedbackOf(Array.from({ length: 10 }, () => ({ sentAtMs: 0, receivedAtMs: 20, probe: 0 }))));
  expect(done.probe).toBeGreaterThan(1);
  const [step] = done.paddings;
  expect(step).toBeCloseTo((3_000_000 / 8_000) * 5, 0);
  clock.advance(1_000);
  expect(done.probe).toBe(0);
  const bytes = done.paddings.reduce((sum, each) => sum + each, 0);
  // 3 times the start, then as much as the viewer can make use of, 25 ms each.
  expect(bytes).toBeCloseTo(((3_000_000 + 3_750_000) / 8_000) * 25, -1);
});
