import { expect, test } from 'vitest';
import { Pacer, SPREAD_MS } from '../../../server/media/egress/pacer.js';
import { ArrivalClock } from '../../../server/media/rtp/arrival-clock.js';
import { HeaderTemplate } from '../../../server/media/rtp/header-template.js';
import { PacketRing } from '../../../server/media/rtp/packet-ring.js';
import { Renumbering } from '../../../server/media/rtp/renumbering.js';

test('a header without extensions is 12 bytes, abs-send-time is 6.18 fixed point of the time', () => {
  const plain = new HeaderTemplate(7, 96);
  const timed = new HeaderTemplate(7, 96, { absSendTime: 2 });
  expect([plain.length, timed.length]).toEqual([12, 20]);
  const out = new Uint8Array(20);
  timed.write(out, 0, true, 0x1_2345, 0xdeadbeef, 0, 64_000 + 1_500);
  expect(Buffer.from(out).toString('hex')).toBe('90e02345deadbeef00000007bede000122060000');
});

test('timestamps go on by the time that passed between streams, at least a little, and over the end of the circle', () => {
  const numbers = new Renumbering(90_000, 5, 0xffff_ff00);
  numbers.begin(1_000, 0);
  expect(numbers.timestamp(1_000)).toBe(0xffff_ff00);
  const last = numbers.timestamp(4_000);
  expect(last).toBe(0x0ab8);
  numbers.noteSent(last, 33);
  numbers.begin(77, 133);
  expect(numbers.timestamp(77)).toBe(last + 9_000);
  numbers.noteSent(last + 9_000, 133);
  numbers.begin(5, 133);
  expect(numbers.timestamp(5)).toBe(last + 9_000 + 900);
  expect([numbers.take(0), numbers.take(2), numbers.take(0)]).toEqual([5, 8, 9]);
});

test.each([100_000, 1_000_000, 20_000_000, 200_000_000])(
  'the pacer at %i bit/s lets any burst out within 100 ms, and no sooner than it must',
  (rate) => {
    const pacer = new Pacer();
    pacer.setRate(rate);
    pacer.allowance(0, 0, 0);
    let backlog = 300_000;
    let atMs = 1_000;
    for (; backlog > 0; atMs += 4) {
      let allowance = pacer.allowance(atMs, backlog, 1_000);
      for (; allowance > 0 && backlog > 0; allowance -= 1_000, backlog -= 1_000) pacer.spend(1_000);
    }
    expect(atMs - 1_000).toBeLessThanOrEqual(SPREAD_MS);
    if (rate <= 20_000_000) expect(atMs - 1_000).toBeGreaterThan(80);
  },
);

test('the quickest packet tells when a timestamp was captured, over the end of the circle and with jitter', () => {
  const clock = new ArrivalClock(90_000);
  expect(clock.moment()).toBeUndefined();
  const start = 1_750_000_000_000;
  for (let i = 0; i <= 100; i++)
    clock.observe((0xffff_0000 + i * 3_000) >>> 0, start + (i * 100) / 3 + (i === 40 ? 5 : 8 + (i % 7)));
  const moment = clock.moment()!;
  expect(moment.rtpTimestamp).toBe((0xffff_0000 + 300_000) >>> 0);
  expect(moment.wallClockMs).toBeCloseTo(start + 10_000 / 3 + 5, 3);
});

test('the ring keeps payloads without header, extension and padding, and tells frames and keyframes', () => {
  const ring = new PacketRing('vp8', 4);
  const packet = (sequence: number, timestamp: number, marker: boolean, payload: readonly number[]) =>
    Uint8Array.from([
      0xb0,
      (marker ? 0x80 : 0) | 96,
      0,
      sequence,
      0,
      0,
      0,
      timestamp,
      0,
      0,
      0,
      1,
      0xbe,
      0xde,
      0,
      1,
      1,
      2,
      3,
      4,
      ...payload,
      0,
      0,
      3,
    ]);
  expect(ring.push(packet(1, 10, false, [0x10, 0x00]), 5)).toBe(true);
  ring.push(packet(2, 10, true, [0x00, 0x07, 0x08]), 5);
  ring.push(packet(4, 20, true, [0x10, 0x01]), 6);
  expect(
    [0, 1, 2].map((i) => [ring.payloadLength(i), ring.startsFrame(i), ring.marker(i), ring.lostBefore(i), ring.frame(i)]),
  ).toEqual([
    [2, true, false, 0, 1],
    [3, false, true, 0, 1],
    [2, true, true, 1, 2],
  ]);
  expect([ring.keyframe, ring.startsKeyframe(0), ring.bytesFrom(0), ring.bytesFrom(2)]).toEqual([0, true, 7, 2]);
  expect([...ring.arena.bytes.subarray(ring.payloadAt(1), ring.payloadAt(1) + 3)]).toEqual([0, 7, 8]);
  for (const broken of [
    [],
    [0x80],
    [0x40, ...new Array(20).fill(0)],
    [0xa0, 96, ...new Array(11).fill(99)],
    new Array(1_600).fill(0x80),
  ])
    expect(ring.push(Uint8Array.from(broken), 7)).toBe(false);
  expect([ring.rejected, ring.head]).toEqual([5, 3]);
  ring.push(packet(5, 30, true, [0x10, 1]), 8);
  ring.push(packet(6, 40, true, [0x10, 1]), 8);
  expect([ring.oldest, ring.keyframe]).toEqual([1, -1]);
});
