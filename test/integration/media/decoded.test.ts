import wrtc from '@roamhq/wrtc';
import { describe, expect, test } from 'vitest';
import type { SrtpProfile } from '../../../server/media/media-engine.js';
import { waitFor } from '../../support/wait-for.js';
import { useClosers, useMedia } from './use-media.js';
import { openViewing, type Viewing } from './viewing.js';

const media = useMedia();

const closers = useClosers();

/** What a viewer decoded so far. */
interface Seen {
  readonly frames: number;
  /** Of the decoder: frames that could not be decoded are not in `frames`. */
  readonly width: number;
  /** Luma at the top of the first and of the last bar (white 180, blue 35). */
  readonly white: number;
  readonly blue: number;
  readonly audioPackets: number;
}

/** One decoded I420 picture. */
interface VideoFrameEvent {
  readonly frame: { readonly width: number; readonly data: Uint8ClampedArray };
}

async function watchWithLibwebrtc(viewing: Viewing): Promise<() => Promise<Seen>> {
  const connection = new wrtc.RTCPeerConnection();
  closers.push(() => connection.close());
  let picture = { frames: 0, width: 0, white: 0, blue: 0 };
  connection.ontrack = ({ track }) => {
    if (track.kind !== 'video') return;
    const sink = new wrtc.nonstandard.RTCVideoSink(track);
    closers.push(() => sink.stop());
    sink.onframe = ({ frame: { width, data } }: VideoFrameEvent) => {
      const at = (x: number) => data[20 * width + x] ?? 0;
      picture = { frames: picture.frames + 1, width, white: at(20), blue: at(width - 20) };
    };
  };
  await connection.setRemoteDescription({ type: 'offer', sdp: await viewing.offer('libwebrtc') });
  await connection.setLocalDescription(await connection.createAnswer());
  await viewing.answer('libwebrtc', connection.localDescription?.sdp ?? '');
  return async () => {
    let audioPackets = 0;
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type === 'inbound-rtp' && stat.kind === 'audio') audioPackets = Number(stat.packetsReceived);
    }
    return { ...picture, audioPackets };
  };
}

async function watchWithChromium(viewing: Viewing): Promise<() => Promise<Seen>> {
  const page = await media().browser.newPage();
  closers.push(() => page.close());
  const offer = await viewing.offer('chromium');
  const answer = await page.evaluate(async (sdp) => {
    const connection = new RTCPeerConnection();
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true });
    document.body.append(video);
    connection.ontrack = ({ track }) => {
      if (track.kind === 'video') video.srcObject = new MediaStream([track]);
    };
    Object.assign(window, { connection, video });
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription(await connection.createAnswer());
    return connection.localDescription?.sdp ?? '';
  }, offer);
  await viewing.answer('chromium', answer);
  return () =>
    page.evaluate(async () => {
      const { connection, video } = window as unknown as { connection: RTCPeerConnection; video: HTMLVideoElement };
      let [frames, audioPackets] = [0, 0];
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== 'inbound-rtp') continue;
        if (stat.kind === 'video') frames = Number(stat.framesDecoded);
        else audioPackets = Number(stat.packetsReceived);
      }
      const canvas = document.createElement('canvas');
      const { videoWidth: width, videoHeight: height } = video;
      Object.assign(canvas, { width, height });
      if (width === 0) return { frames, width, white: 0, blue: 0, audioPackets };
      const context = canvas.getContext('2d');
      context?.drawImage(video, 0, 0, width, height);
      const luma = (x: number) => {
        const [r = 0, g = 0, b = 0] = context?.getImageData(x, 20, 1, 1).data ?? [];
        return 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      };
      return { frames, width, white: luma(20), blue: luma(width - 20), audioPackets };
    });
}

const WATCH = { libwebrtc: watchWithLibwebrtc, chromium: watchWithChromium };
const FRAMES = 45;

/** This build of libwebrtc offers AES_CM alone, as old clients do. */
const CASES: readonly (readonly [client: keyof typeof WATCH, profile: SrtpProfile, transport: 'udp' | 'tcp', loss: number])[] = [
  ['libwebrtc', 'AES_CM_128_HMAC_SHA1_80', 'udp', 0],
  ['libwebrtc', 'AES_CM_128_HMAC_SHA1_80', 'udp', 0.05],
  ['libwebrtc', 'AES_CM_128_HMAC_SHA1_80', 'tcp', 0],
  ['chromium', 'AES_CM_128_HMAC_SHA1_80', 'udp', 0.05],
  ['chromium', 'AEAD_AES_128_GCM', 'udp', 0],
  ['chromium', 'AEAD_AES_128_GCM', 'udp', 0.05],
  ['chromium', 'AEAD_AES_128_GCM', 'tcp', 0],
];

describe.each(['fast', 'plain'] as const)('%s path', (path) => {
  test.each(CASES)('%s decodes picture and sound: %s, %s, loss %d', async (client, profile, transport, loss) => {
    const viewing = await openViewing({ path, transport, profile, loss, sources: media().sources });
    closers.push(() => viewing.close());
    expect(viewing.implementations).toBe(path === 'fast' ? 'libcrypto sendmmsg' : 'node:crypto dgram');
    const seen = await WATCH[client](viewing);
    const last = await waitFor(`${FRAMES} frames`, async () => {
      const now = await seen();
      return now.frames >= FRAMES && now.white > 0 && now;
    });
    expect(viewing.profiles).toEqual([profile]);
    expect(last.width).toBe(320);
    expect(last.white).toBeGreaterThan(150);
    expect(last.blue).toBeLessThan(60);
    expect(last.audioPackets).toBeGreaterThan(20);
    expect(viewing.senders[0]?.stats).toMatchObject({ rtcpRejected: 0 });
    if (loss > 0) expect(viewing.lost()).toBeGreaterThan(0);
  });
});
