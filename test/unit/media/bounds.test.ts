import { expect, test } from 'vitest';
import { SendLog } from '../../../server/media/egress/send-log.js';
import { type Sendable, SendScheduler } from '../../../server/media/egress/send-scheduler.js';
import { MEDIA_LIMITS } from '../../../server/media/limits.js';
import { plainDepartures } from '../../../server/media/paths/departures.js';
import { RtcpAllowance } from '../../../server/media/rtcp/rtcp-allowance.js';
import type { TransportFeedback } from '../../../server/media/rtcp/transport-feedback.js';
import { HeaderTemplate } from '../../../server/media/rtp/header-template.js';
import { bothSuites } from './ciphers.js';
import { FakeClock, FakeStream, FakeViewer, fakeEngine } from './fake-viewer.js';

const { value: perSecond } = MEDIA_LIMITS.rtcpRate;
/** AES-GCM's tag and the index of SRTCP (RFC 7714 section 9.2). */
const SEAL_BYTES = 16 + 4;

test('a viewer may send so many RTCP datagrams at once and not one more, and as many again a second later', () => {
  const allowance = new RtcpAllowance();
  const taken = (count: number, nowMs: number) =>
    Array.from({ length: count }, () => allowance.take(nowMs)).filter(Boolean).length;
  expect(taken(perSecond, 5)).toBe(perSecond);
  expect(allowance.take(5)).toBe(false);
  expect(taken(10, 6 + 2_000 / perSecond)).toBe(2);
  expect(taken(2 * perSecond, 60_000)).toBe(perSecond);
});

function logOf(packets: number): SendLog {
  const log = new SendLog();
  for (let i = 0; i < packets; i++) log.record(log.take(), i, 1_000);
  return log;
}

function feedback(firstSequence: number, count: number, arrived: readonly number[]): TransportFeedback {
  return { kind: 'transport-feedback', firstSequence, count, arrived, arrivedAtMs: arrived.map((i) => 500 + i) };
}

test('a feedback tells of what was sent alone, however many packets it speaks of', () => {
  const log = logOf(3_000);
  expect(log.match(feedback(0, 65_535, [])).count).toBe(1_024);
  // The circle of numbers is full: half of it lies ahead of what was sent.
  expect(log.match(feedback(3_000, 65_535, [])).count).toBe(0);
  const { count, sentAtMs, receivedAtMs } = log.match(feedback(2_990, 65_535, [3, 4]));
  expect(count).toBe(10);
  expect([...sentAtMs.subarray(0, 5)]).toEqual([2_990, 2_991, 2_992, 2_993, 2_994]);
  expect([...receivedAtMs.subarray(0, 6)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 503, 504, Number.NaN]);
  expect(log.match(feedback(2_990, 10, [3, 4, 5])).count, 'what arrived is told once').toBe(8);
});

test('arrivals in any order and number leave the log usable', () => {
  const log = logOf(10);
  expect(log.match(feedback(0, 5, [4, 4, 4])).count).toBe(5);
  expect(log.match(feedback(65_530, 20, [19, 3])).count).toBeLessThanOrEqual(10);
});

test.each([
  ['an id that the one-byte form has no room for', { transportCc: 15, playoutDelay: 0, mid: { id: 256, value: '0' } }],
  ['a mid of no bytes', { mid: { id: 1, value: '' } }],
  ['a mid of 17 bytes', { mid: { id: 1, value: 'm'.repeat(17) } }],
])('a header leaves out %s', (_name, extensions) => {
  const template = new HeaderTemplate(1, 96, extensions);
  const out = new Uint8Array(64);
  template.write(out, 0, false, 1, 2, 3, 4);
  expect(template.length).toBe(12);
  expect(out[0]).toBe(0x80);
});

test('a mid of 16 bytes fits', () => {
  expect(new HeaderTemplate(1, 96, { mid: { id: 14, value: 'm'.repeat(16) } }).length).toBe(12 + 4 + 20);
});

test('a viewer whose turn throws ends, and the others have theirs', () => {
  const told: string[] = [];
  const viewer = (name: string, turn: () => 'idle'): Sendable => ({
    queued: false,
    takeTurn: turn,
    failed: (error) => told.push(`${name}: ${error}`),
  });
  const scheduler = new SendScheduler(new FakeClock(), plainDepartures('test'));
  const broken = viewer('broken', () => {
    throw new Error('bug');
  });
  const other = viewer('other', () => {
    told.push('other had its turn');
    return 'idle';
  });
  for (const each of [broken, other]) scheduler.add(each);
  scheduler.run();
  expect(told).toEqual(['broken: Error: bug', 'other had its turn']);
  expect([broken.queued, other.queued]).toEqual([false, false]);
  scheduler.close();
});

test('so many packets wait to be sent again; further requests are ignored, and the track goes on', () => {
  const [suite] = bothSuites();
  const { clock, engine } = fakeEngine(suite!);
  const stream = new FakeStream('main');
  const viewer = new FakeViewer(engine, suite!);
  const track = viewer.peer.addTrack({ kind: 'video', clockRateHz: 90_000, ssrc: 1, payloadType: 96, extensions: {} });
  engine.fanout(stream).attach(track);
  stream.frame('key');
  const { ssrc, sequence } = viewer.rtp[0]!;
  clock.advance(20);
  viewer.blocked = true;
  stream.frame('delta');
  const waiting = () => (Reflect.get(track, 'resends') as readonly number[]).length;
  const most = MEDIA_LIMITS.resendsQueued.value;
  for (let left = most; left > 0; left -= 256) viewer.nack(ssrc, ...Array<number>(Math.min(left, 256)).fill(sequence));
  expect(waiting()).toBe(most);
  viewer.nack(ssrc, sequence);
  expect([waiting(), track.stats.nacked]).toEqual([most, most + 1]);
  viewer.blocked = false;
  viewer.peer.setPath(viewer.path);
  clock.advance(20);
  stream.frame('key');
  expect([waiting(), viewer.rtp.at(-1)?.marker]).toEqual([0, true]);
});

test('an RTCP datagram of exactly the limit is read, one of a word more is dropped, and the next is read again', () => {
  const [suite] = bothSuites();
  const viewer = new FakeViewer(fakeEngine(suite!).engine, suite!);
  // An empty receiver report with words of a profile's own behind it (RFC 3550 section 6.4.3).
  const report = (bytes: number) => viewer.say(0x80c90000, ...Array<number>((bytes - SEAL_BYTES) / 4 - 1).fill(1));
  const { value: most } = MEDIA_LIMITS.rtcpDatagram;
  report(most);
  expect(viewer.peer.stats).toMatchObject({ rtcpReceived: 1, rtcpRejected: 0 });
  report(most + 4);
  expect(viewer.peer.stats).toMatchObject({ rtcpReceived: 1, rtcpRejected: 1 });
  report(most);
  expect(viewer.peer.stats).toMatchObject({ rtcpReceived: 2, rtcpRejected: 1 });
});
