import { expect, test } from 'vitest';
import { u16 } from '../../../server/media/bytes.js';
import type { ReceptionReport, SendFeedback, TrackOptions } from '../../../server/media/media-engine.js';
import { bothSuites } from './ciphers.js';
import { FakeStream, FakeViewer, fakeEngine, type Received } from './fake-viewer.js';

const [SUITE] = bothSuites();
const VIDEO: TrackOptions = {
  kind: 'video',
  clockRateHz: 90_000,
  ssrc: 0x1111,
  payloadType: 96,
  rtx: { ssrc: 0x3333, payloadType: 97 },
  extensions: { transportCc: 3, playoutDelay: 5 },
};

/** A viewer of a stream that has not sent anything yet. */
function setUp(options: TrackOptions = VIDEO) {
  const { clock, engine, wallClockMs } = fakeEngine(SUITE!);
  const stream = new FakeStream('main');
  const reports: ReceptionReport[] = [];
  const feedbacks: number[] = [];
  const viewer = new FakeViewer(engine, SUITE!, 'AEAD_AES_128_GCM', {
    onReport: (report) => reports.push(report),
    onFeedback: ({ count }: SendFeedback) => feedbacks.push(count),
  });
  const track = viewer.peer.addTrack(options);
  engine.fanout(stream).attach(track);
  return { clock, stream, viewer, track, reports, feedbacks, wallClockMs };
}

const retransmitted = ({ rtp }: FakeViewer): Received[] => rtp.filter(({ ssrc }) => ssrc === 0x3333);
const sealedBytes = (packets: readonly Received[]) => packets.reduce((sum, { sealed }) => sum + sealed.length, 0);
const isEmpty = ({ header }: Received) => (header[0]! & 0x20) !== 0;

test('RP6 padding is packets sent lately, newest first, and for the rest packets that hold nothing', () => {
  const { stream, viewer, track } = setUp();
  stream.frame('key', { packets: 3, bytes: 500 });
  const [first, second, third] = viewer.rtp;
  const left = viewer.peer.sendPadding(2_000);
  const padding = retransmitted(viewer);
  expect(sealedBytes(padding)).toBe(left);
  expect(left).toBeGreaterThanOrEqual(2_000);
  expect(left).toBeLessThan(2_050);
  const full = padding.filter((packet) => !isEmpty(packet));
  expect(full.map(({ payload }) => u16(payload, 0))).toEqual([third, second, first].map((packet) => packet!.sequence));
  expect(full.map(({ payload }) => payload.subarray(2))).toEqual([third, second, first].map((packet) => packet!.payload));
  const empty = padding.filter(isEmpty);
  expect(empty.length).toBeGreaterThan(0);
  for (const { payload, timestamp, marker } of empty) {
    expect([...payload]).toEqual([...Array<number>(payload.length - 1).fill(0), payload.length]);
    expect([timestamp, marker]).toEqual([third!.timestamp, false]);
  }
  expect(padding.map(({ sequence }) => sequence)).toEqual(padding.map((_, i) => (padding[0]!.sequence + i) & 0xffff));
  // Each has a transport-wide number of its own, behind those of the media.
  expect(padding.map(({ header }) => u16(header, 17))).toEqual(padding.map((_, i) => 3 + i));
  expect(track.stats).toMatchObject({ paddingBytes: left, resent: 0, packetsSent: 3 });
  expect(viewer.peer.stats.packetsSent).toBe(3 + padding.length);
});

test.each([1, 20, 100, 300, 1_199, 1_200, 5_000, 40_000])(
  'RP6 at least %d bytes of padding leave, and at most a small packet more',
  (bytes) => {
    const { stream, viewer } = setUp();
    for (let i = 0; i < 10; i++) stream.frame(i === 0 ? 'key' : 'delta', { packets: 2, bytes: 1_000 });
    const left = viewer.peer.sendPadding(bytes);
    expect(left).toBe(sealedBytes(retransmitted(viewer)));
    expect(left).toBeGreaterThanOrEqual(bytes);
    expect(left).toBeLessThan(bytes + 60);
  },
);

test('RP6 there is no padding without RTX, before anything was sent, without a path, and once the path is full', () => {
  const { rtx: _, ...withoutRtx } = VIDEO;
  const plain = setUp(withoutRtx);
  plain.stream.frame('key');
  expect(plain.viewer.peer.sendPadding(1_000)).toBe(0);
  const { stream, viewer, track } = setUp();
  expect(viewer.peer.sendPadding(1_000)).toBe(0);
  stream.frame('key', { bytes: 1_000 });
  viewer.path.queuedBytes = 60_000;
  expect(viewer.peer.sendPadding(20_000)).toBeLessThan(8_000);
  viewer.peer.setPath(undefined);
  expect(viewer.peer.sendPadding(1_000)).toBe(0);
  viewer.peer.setPath(viewer.path);
  viewer.path.queuedBytes = 0;
  track.close();
  expect(viewer.peer.sendPadding(1_000)).toBe(0);
  viewer.peer.close();
  expect(viewer.peer.sendPadding(1_000)).toBe(0);
});

test('RP7 padding goes beyond the budget, and video waits for what it took', () => {
  const { clock, stream, viewer } = setUp();
  stream.frame('key');
  clock.advance(500);
  viewer.peer.setBudget(300_000);
  expect(viewer.peer.sendPadding(20_000)).toBeGreaterThanOrEqual(20_000);
  const before = viewer.rtp.length;
  stream.frame('delta');
  clock.advance(150);
  expect(viewer.rtp).toHaveLength(before);
  clock.advance(60);
  expect(viewer.rtp).toHaveLength(before + 1);
});

test('RP7 feedback tells of padding as of any other packet', () => {
  const { stream, viewer, feedbacks } = setUp();
  stream.frame('key');
  viewer.peer.sendPadding(200);
  // Base 0, two packets, both there: reference 2, a millisecond between them.
  viewer.say(0x8fcd0000, 1, 0x1111, 0x0000_0002, 0x000002_00, (0b11_01_01_00_00_00_00_00 << 16) | 0x0404);
  expect(feedbacks).toEqual([2]);
});

test('RC5 retransmissions have sender reports and a BYE of their own, once there were any', () => {
  const { clock, stream, viewer, track } = setUp();
  stream.frame('key', { packets: 2 });
  clock.advance(1_050);
  const ssrcs = () => viewer.rtcp.map((packet) => packet.readUInt32BE(4));
  expect(new Set(ssrcs())).toEqual(new Set([0x1111]));
  viewer.nack(track.ssrc, viewer.rtp[0]!.sequence);
  viewer.rtcp.length = 0;
  clock.advance(1_000);
  expect(ssrcs()).toEqual([0x1111, 0x3333]);
  const [media, rtx] = viewer.rtcp;
  expect(rtx!.readUInt32BE(16)).toBe(media!.readUInt32BE(16));
  // One packet of 102 bytes: the original number, and what was sent before.
  expect([rtx!.readUInt32BE(20), rtx!.readUInt32BE(24)]).toEqual([1, 102]);
  viewer.rtcp.length = 0;
  viewer.peer.close();
  expect(viewer.rtcp.map((packet) => packet.toString('hex'))).toEqual(['81cb000100001111', '81cb000100003333']);
});

test('RC5 a report about the retransmissions tells the round trip, and nothing of what the track loses', () => {
  const { clock, stream, viewer, track, reports, wallClockMs } = setUp();
  stream.frame('key', { packets: 2 });
  clock.advance(50);
  const ntp = Math.floor(((wallClockMs() - 250) / 1_000 + 2_208_988_800) * 65_536) % 2 ** 32;
  viewer.say(0x81c90000, 1, 0x3333, 0x40000005, 0, 900, ntp, 0.2 * 65_536);
  expect(reports).toEqual([]);
  // The round trip of 50 ms is over for what was sent 50 ms ago, and begins anew with what is sent again.
  viewer.nack(track.ssrc, viewer.rtp[0]!.sequence);
  clock.advance(30);
  viewer.nack(track.ssrc, viewer.rtp[0]!.sequence);
  expect(track.stats.resent).toBe(1);
  viewer.nack(0x3333, 5);
  expect(track.stats.nacked).toBe(2);
});

test('RP5 numbers of retransmissions roll over: 70,000 of them open, each under a number of its own', () => {
  const { clock, stream, viewer } = setUp();
  stream.frame('key', { packets: 64, bytes: 30 });
  let opened = 0;
  Object.defineProperty(viewer.rtp, 'push', { value: () => ++opened });
  for (let i = 0; i < 700; i++) {
    viewer.peer.sendPadding(100 * 90);
    clock.advance(1);
  }
  expect(opened).toBeGreaterThan(69_000);
}, 30_000);
