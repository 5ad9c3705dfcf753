import { describe, expect, test } from 'vitest';
import { u16 } from '../../../server/media/bytes.js';
import type { SendFeedback, SrtpProfile, TrackOptions } from '../../../server/media/media-engine.js';
import { bothSuites } from './ciphers.js';
import { FakeStream, FakeViewer, fakeEngine, type Received } from './fake-viewer.js';

const VIDEO: TrackOptions = {
  kind: 'video',
  clockRateHz: 90_000,
  ssrc: 0x1111,
  payloadType: 96,
  extensions: { transportCc: 3, playoutDelay: 5, mid: { id: 1, value: '1' } },
};
const AUDIO: TrackOptions = {
  kind: 'audio',
  clockRateHz: 48_000,
  ssrc: 0x2222,
  payloadType: 111,
  extensions: { transportCc: 3 },
};

const cases = bothSuites().flatMap((suite) =>
  (['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as SrtpProfile[]).map(
    (profile) => [`${suite.name} ${profile}`, suite, profile] as const,
  ),
);

/** Whether sequence numbers go up one by one. */
function isContinuous(packets: readonly Received[]): boolean {
  return packets.every((packet, i) => i === 0 || packet.sequence === ((packets[i - 1]!.sequence + 1) & 0xffff));
}

function timestampSteps(packets: readonly Received[]): number[] {
  return packets.slice(1).map((packet, i) => (packet.timestamp - packets[i]!.timestamp) | 0);
}

describe.each(cases)('%s', (_name, suite, profile) => {
  function setUp(options: TrackOptions = VIDEO) {
    const { clock, engine, wallClockMs } = fakeEngine(suite);
    const stream = new FakeStream('main', options.kind);
    const fanout = engine.fanout(stream);
    const viewer = new FakeViewer(engine, suite, profile);
    const track = viewer.peer.addTrack(options);
    return { clock, engine, wallClockMs, stream, fanout, viewer, track };
  }

  /** As above, with one keyframe on its way. */
  function watching(options: TrackOptions = VIDEO) {
    const all = setUp(options);
    all.fanout.attach(all.track);
    all.stream.frame('key');
    return all;
  }

  test('FO1 a viewer joins at the next keyframe, which is asked for, and its header is its own', () => {
    const { stream, fanout, viewer, track } = setUp();
    fanout.attach(track);
    expect(stream.keyframeRequests).toBe(1);
    stream.frame('delta');
    expect(viewer.rtp).toHaveLength(0);
    stream.frame('key', { packets: 2 });
    stream.frame('delta');
    expect(viewer.rtp).toHaveLength(3);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(timestampSteps(viewer.rtp)).toEqual([0, 33 * 90]);
    expect(viewer.rtp.map((packet) => packet.marker)).toEqual([false, true, true]);
    const [first] = viewer.rtp;
    expect(first).toMatchObject({ ssrc: 0x1111, payloadType: 96 });
    expect(first!.header.subarray(12).toString('hex')).toBe('bede0003' + '310000' + '52000000' + '1031' + '000000');
    expect(viewer.rtp.map((packet) => u16(packet.header, 17))).toEqual([0, 1, 2]);
    expect(first!.payload).toHaveLength(100);
    expect(first!.payload[0]).toBe(0x10);
    expect(track.stats).toMatchObject({ packetsSent: 3, bytesSent: 300, keyframesSent: 1, framesDropped: 0 });
  });

  test('FO1 who joins right after a keyframe gets that one at once; later a new one is asked for', () => {
    const { clock, engine, stream, fanout } = watching();
    stream.frame('delta');
    const second = new FakeViewer(engine, suite, profile);
    fanout.attach(second.peer.addTrack(VIDEO));
    expect(second.rtp).toHaveLength(2);
    expect(stream.keyframeRequests).toBe(1);
    clock.advance(600);
    const third = new FakeViewer(engine, suite, profile);
    fanout.attach(third.peer.addTrack(VIDEO));
    expect(third.rtp).toHaveLength(0);
    expect(stream.keyframeRequests).toBe(2);
  });

  test('FO2, FO3 a switch happens at a keyframe of the new stream, with continuous numbers; the old one goes on until then', () => {
    const { clock, engine, stream, fanout, viewer, track } = setUp();
    const other = new FakeStream('other');
    other.timestamp = 12_345;
    const release = fanout.attach(track);
    stream.frame('key');
    clock.advance(40);
    engine.fanout(other).attach(track);
    release();
    expect(other.keyframeRequests).toBe(1);
    stream.frame('delta');
    other.frame('delta');
    expect(viewer.rtp).toHaveLength(2);
    clock.advance(40);
    other.frame('key');
    other.frame('delta');
    expect(stream.listener).toBeUndefined();
    expect(viewer.rtp).toHaveLength(4);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(timestampSteps(viewer.rtp)).toEqual([33 * 90, 40 * 90, 33 * 90]);
  });

  test('FO2 a rebuilt encoding goes on with continuous numbers, from its keyframe', () => {
    const { clock, stream, viewer } = watching();
    clock.advance(1_000);
    stream.listener?.restarted();
    Object.assign(stream, { sequence: 7, timestamp: 7 });
    stream.frame('delta');
    stream.frame('key');
    expect(viewer.rtp).toHaveLength(2);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(timestampSteps(viewer.rtp)).toEqual([90_000]);
    expect(stream.keyframeRequests).toBe(1);
  });

  test('FO2 a packet that the source lost leaves a gap', () => {
    const { stream, viewer } = watching();
    stream.sequence += 2;
    stream.frame('delta');
    expect(viewer.rtp[1]!.sequence - viewer.rtp[0]!.sequence).toBe(3);
  });

  test('FO5 a path that takes nothing is waited for; what is late is dropped by whole frames and is no loss', () => {
    const { clock, stream, viewer, track } = watching();
    viewer.path.queuedBytes = 1_000_000;
    stream.frame('delta');
    clock.advance(100);
    viewer.path.queuedBytes = 0;
    clock.advance(10);
    expect(viewer.rtp).toHaveLength(2);

    viewer.path.queuedBytes = 1_000_000;
    for (let i = 0; i < 10; i++) {
      stream.frame('delta', { packets: 3 });
      clock.advance(33);
    }
    expect(track.stats.framesDropped).toBeGreaterThan(5);
    expect(stream.keyframeRequests).toBe(2);
    viewer.path.queuedBytes = 0;
    stream.frame('delta');
    clock.advance(100);
    stream.frame('key');
    expect(viewer.rtp).toHaveLength(3);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(track.stats.framesDropped).toBe(11);
  });

  test('a packet that a full connection refused goes first when there is room again', () => {
    const { clock, stream, viewer } = watching();
    viewer.blocked = true;
    stream.frame('delta', { packets: 3 });
    viewer.blocked = false;
    clock.advance(10);
    expect(viewer.rtp).toHaveLength(4);
    expect(isContinuous(viewer.rtp)).toBe(true);
  });

  test('FO6 a viewer without a path gets a keyframe when there is one', () => {
    const { clock, stream, viewer, track } = watching();
    viewer.peer.setPath(undefined);
    for (let i = 0; i < 20; i++) {
      stream.frame('delta');
      clock.advance(33);
    }
    const requests = stream.keyframeRequests;
    viewer.peer.setPath(viewer.path);
    expect(stream.keyframeRequests).toBe(requests + 1);
    stream.frame('key');
    expect(viewer.rtp).toHaveLength(2);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(track.stats.framesDropped).toBe(20);
  });

  test('RP1, RP2, RP3 NACK: the very bytes again, at most three times, not while they are under way', () => {
    const { clock, stream, viewer, track } = watching();
    stream.frame('delta', { packets: 3 });
    const lost = viewer.rtp[2]!;
    for (let i = 0; i < 5; i++) {
      clock.advance(20);
      viewer.nack(track.ssrc, lost.sequence);
      viewer.nack(track.ssrc, lost.sequence);
    }
    expect(viewer.rtp.slice(4).map((packet) => packet.sealed)).toEqual([lost.sealed, lost.sealed, lost.sealed]);
    viewer.nack(track.ssrc, (lost.sequence + 1_000) & 0xffff);
    viewer.nack(0x9999, lost.sequence);
    expect(track.stats).toMatchObject({ resent: 3, nacked: 11 });
  });

  test('RP4 NACK: no more than the budget, a floor and a quarter of the media', () => {
    const { clock, stream, viewer, track } = watching();
    for (let i = 0; i < 100; i++) {
      stream.frame('delta', { packets: 3, bytes: 1_100 });
      clock.advance(10);
    }
    const sent = viewer.peer.stats.bytesSent;
    for (let round = 0; round < 3; round++) {
      for (const packet of viewer.rtp.slice(0, 301)) viewer.nack(track.ssrc, packet.sequence);
      clock.advance(20);
    }
    expect(track.stats.resent).toBeGreaterThan(60);
    expect(viewer.peer.stats.bytesSent - sent).toBeLessThan(32_000 + sent / 4 + 5_000);
  });

  test('NACK: a second back at 15 Mbit/s', () => {
    const { clock, stream, viewer, track } = watching();
    for (let i = 0; i < 50; i++) {
      stream.frame('delta', { packets: 34, bytes: 1_100 });
      clock.advance(20);
    }
    const lost = viewer.rtp[1]!;
    viewer.nack(track.ssrc, lost.sequence);
    expect(viewer.rtp).toHaveLength(1 + 50 * 34 + 1);
    expect(viewer.rtp.at(-1)!.sealed).toEqual(lost.sealed);
  });

  test('RP2 another playout delay stands in later packets; one asked for again is the very bytes sent before', () => {
    const { clock, stream, viewer, track } = watching();
    const before = viewer.rtp[0]!;
    track.setPlayoutDelay(50, 200);
    clock.advance(50);
    stream.frame('delta');
    viewer.nack(track.ssrc, before.sequence);
    const [, changed, again] = viewer.rtp;
    expect(changed!.header.subarray(20, 23).toString('hex')).toBe('005014');
    expect(again!.sealed).toEqual(before.sealed);
  });

  test('RP1, RP5 RTX: numbers of its own, and the original one before the payload (RFC 4588)', () => {
    const { clock, stream, viewer, track } = watching({ ...VIDEO, rtx: { ssrc: 0x3333, payloadType: 97 } });
    stream.frame('delta', { packets: 2 });
    clock.advance(50);
    const lost = viewer.rtp[1]!;
    viewer.nack(track.ssrc, lost.sequence, viewer.rtp[2]!.sequence);
    const [again, next] = viewer.rtp.slice(3);
    expect(again).toMatchObject({ ssrc: 0x3333, payloadType: 97, timestamp: lost.timestamp, marker: lost.marker });
    expect(u16(again!.payload, 0)).toBe(lost.sequence);
    expect(again!.payload.subarray(2)).toEqual(lost.payload);
    expect(next!.sequence).toBe(again!.sequence + 1);
    expect(u16(next!.header, 17)).toBe(4);
  });

  test('FO7 a small frame leaves at once, a large keyframe within 100 ms and not in one burst', () => {
    const { clock, stream, viewer } = watching();
    stream.frame('delta', { packets: 10, bytes: 1_100 });
    expect(viewer.rtp).toHaveLength(11);
    clock.advance(1_000);
    viewer.peer.setPacingRate(1_000_000);
    stream.frame('key', { packets: 200, bytes: 1_100 });
    expect(viewer.rtp.length).toBeLessThan(40);
    clock.advance(50);
    expect(viewer.rtp.length).toBeGreaterThan(60);
    expect(viewer.rtp.length).toBeLessThan(160);
    clock.advance(50);
    expect(viewer.rtp).toHaveLength(211);
  });

  test('FO4 sound overtakes a picture that is being paced', () => {
    const { engine, stream, viewer } = watching();
    const sound = new FakeStream('sound', 'audio');
    engine.fanout(sound).attach(viewer.peer.addTrack(AUDIO));
    stream.frame('key', { packets: 200, bytes: 1_100 });
    const before = viewer.rtp.length;
    sound.frame('key', { stepMs: 20 });
    expect(viewer.rtp.findIndex((packet) => packet.ssrc === 0x2222)).toBe(before);
  });

  test('RC1 sender reports: once a second, counters and a timestamp for now; BYE at the end', () => {
    const { clock, stream, viewer, wallClockMs } = watching();
    const start = wallClockMs();
    clock.advance(2_150);
    expect(viewer.rtcp).toHaveLength(3);
    const report = viewer.rtcp[2]!;
    const wallMs = (report.readUInt32BE(8) - 2_208_988_800 + report.readUInt32BE(12) / 2 ** 32) * 1_000;
    expect(wallMs).toBeCloseTo(start + 2_100, 1);
    expect((report.readUInt32BE(16) - viewer.rtp[0]!.timestamp) >>> 0).toBe(2_100 * 90);
    expect([report.readUInt32BE(4), report.readUInt32BE(20), report.readUInt32BE(24)]).toEqual([0x1111, 1, 100]);
    expect(report.subarray(28).toString('hex')).toBe('81ca0003000011110104746573740000');
    viewer.peer.close();
    expect(viewer.rtcp[3]!.toString('hex')).toBe('81cb000100001111');
    expect(stream.listener).toBeUndefined();
  });

  test('RC1 sender reports follow the capture time of the stream where that is known', () => {
    const { clock, engine, wallClockMs } = fakeEngine(suite);
    const stream = new FakeStream('main');
    const viewer = new FakeViewer(engine, suite, profile);
    const captured = wallClockMs() - 70;
    const fanout = engine.fanout(stream, { captureTime: () => ({ rtpTimestamp: stream.timestamp, wallClockMs: captured }) });
    fanout.attach(viewer.peer.addTrack(VIDEO));
    stream.frame('key');
    clock.advance(150);
    expect((viewer.rtcp[0]!.readUInt32BE(16) - viewer.rtp[0]!.timestamp) >>> 0).toBe((100 + 70) * 90);
  });

  test('RC2 PLI and FIR ask the stream for a keyframe', () => {
    const { stream, viewer, track } = watching();
    viewer.say(0x81ce0000, 1, track.ssrc);
    viewer.say(0x84ce0000, 1, 0, track.ssrc, 0x07000000);
    expect(stream.keyframeRequests).toBe(3);
    expect(track.stats.keyframeRequests).toBe(2);
  });

  test('RC3 feedback, reports and REMB reach the hooks in usable units', () => {
    const { clock, engine, wallClockMs } = fakeEngine(suite);
    const stream = new FakeStream('main');
    let feedback: Pick<SendFeedback, 'count'> & { sent: number[]; received: number[] } = { count: 0, sent: [], received: [] };
    const reports: object[] = [];
    const rembs: number[] = [];
    const viewer = new FakeViewer(engine, suite, profile, {
      onFeedback: ({ count, sentAtMs, receivedAtMs }) => {
        feedback = { count, sent: [...sentAtMs.subarray(0, count)], received: [...receivedAtMs.subarray(0, count)] };
      },
      onReport: ({ track: _, ...report }) => reports.push(report),
      onRemb: (bitrateBps) => rembs.push(bitrateBps),
    });
    engine.fanout(stream).attach(viewer.peer.addTrack(VIDEO));
    stream.frame('key');
    clock.advance(5);
    stream.frame('delta', { packets: 2 });
    // Base 0, three packets; reference 2 (128 ms); received after 1 ms, not at all, 2 ms later.
    viewer.say(0x8fcd0000, 1, 0x1111, 0x0000_0003, 0x000002_00, (0b11_01_00_01_00_00_00_00 << 16) | 0x0408);
    expect(feedback).toEqual({ count: 3, sent: [1_000, 1_005, 1_005], received: [129, Number.NaN, 131] });

    const ntp = Math.floor(((wallClockMs() - 250) / 1_000 + 2_208_988_800) * 65_536) % 2 ** 32;
    viewer.say(0x81c90000, 1, 0x1111, 0x40000005, 0, 900, ntp, 0.2 * 65_536);
    expect(reports).toEqual([{ fractionLost: 0.25, totalLost: 5, jitterMs: 10, rttMs: expect.closeTo(50, 0) }]);
    viewer.say(0x8fce0000, 1, 0, 0x52454d42, 0x01000000 | (3 << 18) | 125_000, 0x1111);
    expect(rembs).toEqual([1_000_000]);
  });

  test('FO8 a paused track sends nothing and stops its stream; resumed, it goes on at a keyframe', () => {
    const { clock, stream, viewer, track } = watching();
    track.pause();
    expect(stream.listener).toBeUndefined();
    clock.advance(1_000);
    track.resume();
    stream.frame('delta');
    stream.frame('key');
    expect(viewer.rtp).toHaveLength(2);
    expect(isContinuous(viewer.rtp)).toBe(true);
    expect(track.stats.framesDropped).toBe(0);
  });

  test('RC4 forged, replayed and broken RTCP is counted and does nothing', () => {
    const { viewer } = watching();
    for (const length of [0, 1, 8, 20, 40, 1_500, 4_000]) viewer.peer.receiveRtcp(Buffer.alloc(length, 0x80));
    expect(viewer.peer.stats).toMatchObject({ rtcpReceived: 0, rtcpRejected: 7 });
    viewer.peer.close();
    viewer.peer.receiveRtcp(Buffer.alloc(40));
  });
});

test('sequence numbers roll over: 70,000 packets open, each under a number of its own', () => {
  const suite = bothSuites()[0]!;
  const { clock, engine } = fakeEngine(suite);
  const sound = new FakeStream('sound', 'audio');
  const viewer = new FakeViewer(engine, suite);
  let opened = 0;
  Object.defineProperty(viewer.rtp, 'push', { value: () => ++opened });
  const track = viewer.peer.addTrack({ ...AUDIO, kind: 'audio' });
  engine.fanout(sound).attach(track);
  for (let i = 0; i < 700; i++) {
    sound.frame('key', { packets: 100, bytes: 20 });
    clock.advance(20);
  }
  expect(track.stats.packetsSent).toBe(70_000);
});
