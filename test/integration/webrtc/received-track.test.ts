import wrtc from '@roamhq/wrtc';
import { expect, onTestFinished, test } from 'vitest';
import type { ReceivedPacket } from '../../../server/media/ingress/rtp-sink.js';
import { waitFor } from '../../support/wait-for.js';
import { type DirectViewer, openDirectViewer } from './direct-viewer.js';

const SAMPLE_RATE = 48_000;
const BLOCK_MS = 10;

/** A sink that keeps what it is given. */
function kept() {
  const packets: (Omit<ReceivedPacket, 'payload'> & { readonly bytes: number })[] = [];
  const packet = ({ payload, ...rest }: ReceivedPacket) => void packets.push({ ...rest, bytes: payload.length });
  return { packets, packet };
}

/** A microphone that hears a tone. */
function microphone(): MediaStreamTrack {
  const source = new wrtc.nonstandard.RTCAudioSource();
  const track = source.createTrack();
  const samples = new Int16Array((SAMPLE_RATE * BLOCK_MS) / 1_000);
  for (const i of samples.keys()) samples[i] = 8_000 * Math.sin((2 * Math.PI * 440 * i) / SAMPLE_RATE);
  const block = { samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length };
  const timer = setInterval(() => source.onData(block), BLOCK_MS);
  onTestFinished(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

/** A camera that sees grey. */
function camera(): MediaStreamTrack {
  const source = new wrtc.nonstandard.RTCVideoSource();
  const track = source.createTrack();
  const [width, height] = [64, 48];
  const frame = { width, height, data: new Uint8Array(width * height * 1.5).fill(128) };
  const timer = setInterval(() => source.onFrame(frame), 33);
  onTestFinished(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

async function open() {
  const [audio, video] = [kept(), kept()];
  const viewer = await openDirectViewer({ sinks: { audio, video } });
  onTestFinished(() => viewer.close());
  return { ...viewer, audio, video };
}

const connected = ({ browser, peer }: DirectViewer) =>
  waitFor('a connection', () => browser.connectionState === 'connected' && peer.isConnected);

/** The server's reports on what it receives, as libwebrtc has them. */
async function reports({ browser }: DirectViewer): Promise<{ packetsLost?: number; roundTripTime?: number }[]> {
  return [...(await browser.getStats()).values()].filter(({ type }) => type === 'remote-inbound-rtp');
}

test('RV1 a viewer’s own offer with a microphone connects, and its RTP arrives at the sink', async () => {
  const viewer = await open();
  viewer.browser.addTrack(microphone());
  viewer.browser.addTransceiver('video', { direction: 'recvonly' });
  const answer = await viewer.viewerOffers();
  expect(answer).toMatch(/m=audio 9 .*a=sendrecv.*m=video 9 .*a=sendonly/s);
  await connected(viewer);
  const { packets } = viewer.audio;
  await waitFor('half a second of sound', () => packets.length >= 25);
  const [first] = packets;
  expect(first).toMatchObject({ mid: '0', payloadType: 111 });
  expect(packets.every(({ ssrc, bytes }) => ssrc === first?.ssrc && bytes > 0)).toBe(true);
  const sorted = packets.toSorted((a, b) => a.sequence - b.sequence);
  expect(new Set(sorted.map(({ sequence }) => sequence)).size, 'none twice').toBe(packets.length);
  for (const [before, after] of sorted.slice(1).map((each, i) => [sorted[i]!, each] as const))
    expect((after.timestamp - before.timestamp) | 0, 'time goes on with the numbers').toBeGreaterThan(0);
  expect(viewer.video.packets).toEqual([]);
  expect(viewer.ends).toEqual([]);
});

test('RV4 libwebrtc is told how its sound arrives, and how long the way is', async () => {
  const viewer = await open();
  viewer.browser.addTrack(microphone());
  await viewer.viewerOffers();
  await connected(viewer);
  const report = await waitFor('a report with a round trip', async () =>
    (await reports(viewer)).find(({ roundTripTime }) => roundTripTime !== undefined),
  );
  expect(report.packetsLost).toBe(0);
});

test('RV1 a microphone that is added to a connection of the server’s arrives, while the picture goes on', async () => {
  const viewer = await open();
  await viewer.serverOffers();
  await connected(viewer);
  await waitFor('the data channel', () => viewer.isChannelOpen());
  const audio = viewer.browser.getTransceivers().find(({ mid }) => mid === '0');
  if (audio === undefined) throw new Error('no section for sound');
  audio.direction = 'sendrecv';
  await audio.sender.replaceTrack(microphone());
  expect(await viewer.viewerOffers()).toMatch(/m=audio .*a=setup:passive.*a=sendrecv/s);
  await waitFor('sound', () => viewer.audio.packets.length >= 10);
  expect(viewer.audio.packets.every(({ mid }) => mid === '0')).toBe(true);
  expect([viewer.streams.video.listener !== undefined, viewer.streams.audio.listener !== undefined]).toEqual([true, true]);
  audio.direction = 'recvonly';
  await viewer.viewerOffers();
  const before = viewer.audio.packets.length;
  audio.direction = 'sendrecv';
  await viewer.viewerOffers();
  await waitFor('sound again', () => viewer.audio.packets.length > before + 5);
  expect(viewer.ends).toEqual([]);
});

test('RV2 two microphones and a camera in sections of their own are told apart', async () => {
  const viewer = await open();
  await viewer.serverOffers();
  await connected(viewer);
  for (const track of [microphone(), microphone(), camera()]) viewer.browser.addTransceiver(track, { direction: 'sendonly' });
  await viewer.viewerOffers();
  const from = (sink: typeof viewer.audio, mid: string) => sink.packets.filter((packet) => packet.mid === mid);
  await waitFor('all three', () =>
    [from(viewer.audio, '3'), from(viewer.audio, '4'), from(viewer.video, '5')].every(({ length }) => length > 5),
  );
  const ssrcs = (mid: string) => [...new Set(from(viewer.audio, mid).map(({ ssrc }) => ssrc))];
  expect([ssrcs('3').length, ssrcs('4').length]).toEqual([1, 1]);
  expect(ssrcs('3')).not.toEqual(ssrcs('4'));
  expect(from(viewer.video, '5').every(({ payloadType }) => payloadType === 96)).toBe(true);
  const again = await viewer.peer.offer();
  expect(again.ok && again.value.match(/^m=.*/gm), 'an offer of ours keeps them').toHaveLength(6);
  expect(viewer.ends).toEqual([]);
});

test('RV3 without a sink nothing is taken, and the viewer goes on', async () => {
  const viewer = await openDirectViewer();
  onTestFinished(() => viewer.close());
  await viewer.serverOffers();
  await connected(viewer);
  viewer.browser.addTransceiver(microphone(), { direction: 'sendonly' });
  expect((await viewer.viewerOffers()).match(/^m=audio .*/gm)).toEqual([
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    expect.stringContaining('m=audio 0 '),
  ]);
  expect(viewer.ends).toEqual([]);
});
