import { expect, onTestFinished, test } from 'vitest';
import type { PeerOptions } from '../../../server/webrtc/peer.js';
import { waitFor } from '../../support/wait-for.js';
import { type DirectViewer, openDirectViewer } from './direct-viewer.js';

async function open(options: Partial<PeerOptions> = {}): Promise<DirectViewer> {
  const viewer = await openDirectViewer(options);
  onTestFinished(() => viewer.close());
  return viewer;
}

const connected = ({ browser, peer }: DirectViewer) =>
  waitFor('a connection', () => browser.connectionState === 'connected' && peer.isConnected);

/** How many RTP packets of a kind the viewer has received. */
async function received({ browser }: DirectViewer, kind: 'audio' | 'video'): Promise<number> {
  const stats = [...(await browser.getStats()).values()];
  return stats.find((each) => each.type === 'inbound-rtp' && each.kind === kind)?.packetsReceived ?? 0;
}

async function receives(viewer: DirectViewer, kind: 'audio' | 'video'): Promise<void> {
  const before = await received(viewer, kind);
  await waitFor(`more ${kind}`, async () => {
    viewer.streams[kind].frame('key', { stepMs: 20 });
    return (await received(viewer, kind)) > before + 3;
  });
}

test('NG2 libwebrtc offers first, without a data channel, and is sent sound and picture', async () => {
  const viewer = await open();
  viewer.browser.addTransceiver('video', { direction: 'recvonly' });
  viewer.browser.addTransceiver('audio', { direction: 'recvonly' });
  const answer = await viewer.viewerOffers();
  expect(answer.match(/^m=.*/gm)).toHaveLength(2);
  await connected(viewer);
  await receives(viewer, 'audio');
  await receives(viewer, 'video');
  await viewer.serverOffers();
  await waitFor('the data channel that the server offers', () => viewer.isChannelOpen());
  await receives(viewer, 'video');
  expect(viewer.ends).toEqual([]);
});

test('NG13 libwebrtc restarts ICE by an offer of its own, and the server by one of its', async () => {
  const viewer = await open();
  await viewer.serverOffers();
  await connected(viewer);
  const ufrag = (sdp: string | undefined) => /a=ice-ufrag:(\S+)/.exec(sdp ?? '')?.[1];
  const before = ufrag(viewer.browser.currentRemoteDescription?.sdp);
  const answer = await viewer.viewerOffers({ iceRestart: true });
  expect(ufrag(answer), 'both sides have new credentials').not.toBe(before);
  await waitFor('a connection', () => viewer.browser.connectionState === 'connected');
  await receives(viewer, 'video');
  const restarted = await viewer.peer.restart();
  if (!restarted.ok) throw new Error(restarted.error);
  await viewer.browser.setRemoteDescription({ type: 'offer', sdp: restarted.value });
  await viewer.browser.setLocalDescription(await viewer.browser.createAnswer());
  expect(viewer.peer.answer(viewer.browser.localDescription?.sdp ?? '').ok).toBe(true);
  await receives(viewer, 'video');
  expect(viewer.ends).toEqual([]);
});

test('NG8 what the viewer stops taking is not sent, until it takes it again', async () => {
  const viewer = await open();
  await viewer.serverOffers();
  await connected(viewer);
  await receives(viewer, 'audio');
  const audio = viewer.browser.getTransceivers().find(({ mid }) => mid === '0');
  if (audio === undefined) throw new Error('no section for sound');
  audio.direction = 'inactive';
  expect(await viewer.viewerOffers()).toContain('a=inactive');
  expect(viewer.streams.audio.listener, 'nobody listens to the encoding').toBeUndefined();
  audio.direction = 'recvonly';
  await viewer.viewerOffers();
  await receives(viewer, 'audio');
  expect(viewer.ends).toEqual([]);
});
