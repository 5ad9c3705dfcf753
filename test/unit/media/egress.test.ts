import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrackOptions } from '../../../server/media/media-engine.js';
import { bothSuites } from './ciphers.js';
import { FakeStream, FakeViewer, fakeEngine } from './fake-viewer.js';

const [SUITE] = bothSuites();
const WINDOW_MS = 200;
/** 300 kbit/s: 7,500 bytes in a window. */
const NARROW_BPS = 300_000;
const VIDEO: TrackOptions = {
  kind: 'video',
  clockRateHz: 90_000,
  ssrc: 0x1111,
  payloadType: 96,
  extensions: { transportCc: 3, playoutDelay: 5 },
};
const AUDIO: TrackOptions = { kind: 'audio', clockRateHz: 48_000, ssrc: 0x2222, payloadType: 111 };
const RTX = { ssrc: 0x3333, payloadType: 97 };

interface Left {
  readonly atMs: number;
  readonly bytes: number;
  /** Undefined: RTCP. */
  readonly ssrc: number | undefined;
  readonly budgetBps: number | undefined;
}

/** A viewer with picture and sound, and a record of what left for it and when. */
function watching(rtx?: typeof RTX) {
  const { clock, engine } = fakeEngine(SUITE!);
  const streams = { video: new FakeStream('main'), audio: new FakeStream('sound', 'audio') };
  const viewer = new FakeViewer(engine, SUITE!);
  const left: Left[] = [];
  let budgetBps: number | undefined;
  const { path } = viewer;
  const send = path.send;
  path.send = (packet) => {
    const taken = send(packet);
    const isRtcp = packet[1]! >= 192 && packet[1]! <= 223;
    const ssrc = isRtcp ? undefined : Buffer.from(packet).readUInt32BE(8);
    if (taken) left.push({ atMs: clock.nowMs(), bytes: packet.length, ssrc, budgetBps });
    return taken;
  };
  const video = viewer.peer.addTrack(rtx === undefined ? VIDEO : { ...VIDEO, rtx });
  const audio = viewer.peer.addTrack(AUDIO);
  engine.fanout(streams.video).attach(video);
  engine.fanout(streams.audio).attach(audio);
  const setBudget = (bitrateBps: number | undefined) => {
    budgetBps = bitrateBps;
    viewer.peer.setBudget(bitrateBps);
  };
  return { clock, streams, viewer, video, left, setBudget };
}

/** What left in the window that ends with this datagram, itself included, since the budget was first set. */
function inWindow(left: readonly Left[], last: number): number {
  let bytes = 0;
  for (let i = last; i >= 0 && left[i]!.atMs > left[last]!.atMs - WINDOW_MS; i--)
    if (left[i]!.budgetBps !== undefined) bytes += left[i]!.bytes;
  return bytes;
}

const input = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('video' as const), packets: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('audio' as const), bytes: fc.integer({ min: 20, max: 300 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.double({ min: 1, max: 90, noNaN: true }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('nack' as const), back: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('budget' as const), bps: fc.integer({ min: 100_000, max: 4_000_000 }) }),
  },
);

describe.each([
  ['plain repair', undefined],
  ['RTX', RTX],
] as const)('%s', (_name, rtx) => {
  test('EG1, EG3 over any 200 ms no more than the budget leaves, and of every frame all or nothing', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 50, maxLength: 150 }), (inputs) => {
        const { clock, streams, viewer, left, setBudget } = watching(rtx);
        /** Packets of each frame of the stream, by its timestamp. */
        const frames: { readonly timestamp: number; readonly packets: number; readonly key: boolean }[] = [];
        let answered = 0;
        setBudget(1_000_000);
        for (const each of inputs) {
          if (each.kind === 'wait') clock.advance(each.ms);
          if (each.kind === 'audio') streams.audio.frame('key', { bytes: each.bytes, stepMs: 20 });
          if (each.kind === 'budget') setBudget(each.bps);
          if (each.kind === 'nack') {
            const sent = viewer.rtp.filter(({ ssrc }) => ssrc === VIDEO.ssrc);
            const asked = sent.at(-1 - each.back);
            if (asked !== undefined) viewer.nack(VIDEO.ssrc, asked.sequence);
          }
          if (each.kind !== 'video') continue;
          const key = streams.video.keyframeRequests > answered;
          answered = streams.video.keyframeRequests;
          streams.video.frame(key ? 'key' : 'delta', { packets: each.packets, bytes: 1_100 });
          frames.push({ timestamp: streams.video.timestamp, packets: each.packets, key });
        }
        const beyond = left.filter(
          ({ ssrc, budgetBps }, i) => ssrc !== undefined && ssrc !== AUDIO.ssrc && inWindow(left, i) > budgetBps! / 40,
        );
        expect(beyond).toEqual([]);
        // What was begun is finished once there is room.
        setBudget(undefined);
        clock.advance(1_000);
        const sent = new Map<number, Set<number>>();
        for (const { ssrc, timestamp, sequence } of viewer.rtp)
          if (ssrc === VIDEO.ssrc) sent.set(timestamp, (sent.get(timestamp) ?? new Set()).add(sequence));
        const timestamps = [...sent.keys()];
        const shift = timestamps.length === 0 ? 0 : timestamps[0]! - frames.find(({ key }) => key)!.timestamp;
        let before = -1;
        for (const timestamp of timestamps) {
          const at = frames.findIndex((frame, i) => i > before && (frame.timestamp + shift) >>> 0 === timestamp);
          expect(sent.get(timestamp)!.size).toBe(frames[at]!.packets);
          // Behind frames that were left out comes a keyframe.
          expect(frames[at]!.key || at === before + 1).toBe(true);
          before = at;
        }
      }),
      { numRuns: 25 },
    );
  }, 30_000);
});

test('EG2 sound is never held back, and video gets what it leaves', () => {
  const { clock, streams, left, setBudget } = watching();
  setBudget(NARROW_BPS);
  streams.video.frame('key', { packets: 30, bytes: 1_000 });
  for (let i = 0; i < 50; i++) {
    streams.audio.frame('key', { bytes: 600, stepMs: 20 });
    clock.advance(20);
  }
  expect(left.filter(({ ssrc }) => ssrc === AUDIO.ssrc)).toHaveLength(50);
  const videoBytes = left.filter(({ ssrc }) => ssrc === VIDEO.ssrc).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(videoBytes).toBeGreaterThan(2_000);
  // 300 kbit/s, of which the sound takes 250.
  expect(videoBytes).toBeLessThan(7_500 + 50_000 / 8);
});

test('EG2 repair leaves before video, within the budget', () => {
  const { clock, streams, viewer, video, left, setBudget } = watching(RTX);
  streams.video.frame('key', { packets: 5, bytes: 1_000 });
  clock.advance(500);
  setBudget(NARROW_BPS);
  const asked = viewer.rtp.slice(0, 5).map(({ sequence }) => sequence);
  streams.video.frame('delta', { packets: 10, bytes: 1_000 });
  viewer.nack(VIDEO.ssrc, ...asked);
  const before = left.length;
  // Seven packets fit at once: those of the frame that was there first.
  expect(left.filter(({ budgetBps }) => budgetBps !== undefined)).toHaveLength(7);
  clock.advance(450);
  const order = left.slice(before).flatMap(({ ssrc }) => (ssrc === undefined ? [] : [ssrc]));
  expect(order).toEqual([...Array(5).fill(RTX.ssrc), ...Array(3).fill(VIDEO.ssrc)]);
  expect(video.stats).toMatchObject({ resent: 5, framesOverBudget: 0 });
  expect(video.stats.resentBytes).toBe(left.filter(({ ssrc }) => ssrc === RTX.ssrc).reduce((sum, { bytes }) => sum + bytes, 0));
});

test('EG3, EG4 frames that wait too long for room are dropped, counted, and a keyframe is asked for', () => {
  const { clock, streams, viewer, video, setBudget } = watching();
  streams.video.frame('key');
  setBudget(NARROW_BPS);
  const requests = streams.video.keyframeRequests;
  // 900 kbit/s into 300.
  for (let i = 0; i < 30; i++) {
    streams.video.frame('delta', { packets: 3, bytes: 1_200 });
    clock.advance(33);
  }
  expect(streams.video.keyframeRequests).toBeGreaterThan(requests);
  const { framesDropped, framesOverBudget } = video.stats;
  expect(framesDropped).toBeGreaterThan(5);
  expect(framesOverBudget).toBe(framesDropped);
  const sent = viewer.rtp.length;
  streams.video.frame('key', { packets: 2 });
  clock.advance(50);
  expect(viewer.rtp).toHaveLength(sent + 2);
});

test('EG4 a keyframe larger than any window leaves whole, however long that takes', () => {
  const { clock, streams, viewer, setBudget } = watching();
  setBudget(NARROW_BPS);
  streams.video.frame('key', { packets: 40, bytes: 1_100 });
  clock.advance(600);
  expect(viewer.rtp.length).toBeLessThan(25);
  clock.advance(800);
  expect(viewer.rtp).toHaveLength(40);
});

test('EG5 a budget holds from the moment it is set, raised ones too, and without one nothing is held back', () => {
  const { clock, streams, viewer, setBudget } = watching();
  setBudget(NARROW_BPS);
  streams.video.frame('key', { packets: 20, bytes: 700 });
  expect(viewer.rtp.length).toBeLessThan(11);
  setBudget(3_000_000);
  clock.advance(4);
  expect(viewer.rtp).toHaveLength(20);
  setBudget(NARROW_BPS);
  streams.video.frame('delta', { packets: 20, bytes: 700 });
  expect(viewer.rtp).toHaveLength(20);
  setBudget(undefined);
  clock.advance(4);
  expect(viewer.rtp).toHaveLength(40);
});

test('EG6 a budget without room for one datagram lets no video begin and asks for nothing, until it is raised', () => {
  const { clock, streams, viewer, setBudget } = watching();
  streams.video.frame('key');
  setBudget(10_000);
  for (let i = 0; i < 60; i++) {
    streams.video.frame('delta');
    streams.audio.frame('key', { stepMs: 33 });
    clock.advance(33);
  }
  const requests = streams.video.keyframeRequests;
  streams.video.frame('key');
  clock.advance(600);
  expect(streams.video.keyframeRequests).toBe(requests);
  expect(viewer.rtp.filter(({ ssrc }) => ssrc === VIDEO.ssrc).length).toBeLessThan(5);
  setBudget(NARROW_BPS);
  expect(streams.video.keyframeRequests).toBe(requests + 1);
  const before = viewer.rtp.length;
  streams.video.frame('key');
  expect(viewer.rtp).toHaveLength(before + 1);
});

test('EG7 bursts are smoothed beside the budget: one that has room for a frame does not let it out at once', () => {
  const { clock, streams, viewer, setBudget } = watching();
  setBudget(20_000_000);
  viewer.peer.setPacingRate(4_000_000);
  streams.video.frame('key', { packets: 100, bytes: 1_100 });
  expect(viewer.rtp.length).toBeLessThan(40);
  clock.advance(100);
  expect(viewer.rtp).toHaveLength(100);
});
