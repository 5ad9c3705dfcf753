import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { RTCPeerConnection } from 'werift';
import WebSocket from 'ws';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Identity, impostorOf, newIdentity, weriftKeys } from '../support/peers/werift-client.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  product = await startProduct({ env: HONEST_SCREEN });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

/** Another implementation's viewer, whose DTLS has this certificate and signs with this key. */
async function join(name: string, identity: Identity) {
  const { token } = await product.login('user', name);
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`);
  const connection = new RTCPeerConnection({ dtls: { keys: weriftKeys(identity) } });
  let channelOpen = false;
  connection.ondatachannel = ({ channel }) => {
    channel.stateChanged.subscribe((state) => {
      channelOpen ||= state === 'open';
    });
    channelOpen ||= channel.readyState === 'open';
  };
  const closes: string[] = [];
  socket.on('message', async (data) => {
    const { event, payload } = JSON.parse(String(data));
    if (event === 'system/init') socket.send(JSON.stringify({ event: 'signal/request', payload: {} }));
    if (event === 'signal/close') closes.push(event);
    if (event === 'signal/candidate') connection.addIceCandidate(payload).catch(() => {});
    if (event !== 'signal/provide') return;
    await connection.setRemoteDescription({ type: 'offer', sdp: payload.sdp });
    await connection.setLocalDescription(await connection.createAnswer());
    socket.send(JSON.stringify({ event: 'signal/answer', payload: { sdp: connection.localDescription?.sdp } }));
  });
  onTestFinished(async () => {
    socket.close();
    await connection.close();
  });
  return { connection, isOpen: () => channelOpen, closes };
}

test('a viewer of another implementation gets in', async () => {
  const viewer = await join('werift', newIdentity());
  await waitFor('its data channel', () => viewer.isOpen());
});

test('somebody on the path with the viewer’s certificate and a key of his own gets nothing, and nobody notices', async () => {
  await viewers.unbothered(async () => {
    const impostor = await join('victim', impostorOf(newIdentity()));
    await waitFor('his path', () => impostor.connection.iceConnectionState === 'connected');
    const before = performance.now();
    await waitFor('a while', () => performance.now() - before > 3_000);
    expect(impostor.isOpen()).toBe(false);
    expect(impostor.connection.connectionState).not.toBe('connected');
  });
});
