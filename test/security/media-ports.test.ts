import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { LibwebrtcViewer } from '../integration/webrtc/libwebrtc-viewer.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

const [FIRST_PORT, LAST_PORT] = [13_400, 13_409];
const SESSIONS = 16;
const PACKETS = 20_000;

let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  product = await startProduct({ env: { ...HONEST_SCREEN, NEKO_WEBRTC_EPR: `${FIRST_PORT}-${LAST_PORT}` } });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

/** A session that asks for an offer and never answers it; `told` is called with what signalling says. */
async function askForOffer(name: string, told: (event: string, payload: unknown) => void): Promise<WebSocket> {
  const { token } = await product.login('user', name);
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`);
  onTestFinished(() => socket.terminate());
  await new Promise((resolve) => socket.once('message', resolve));
  socket.on('message', (data) => {
    const { event, payload } = JSON.parse(String(data));
    if (String(event).startsWith('signal/')) told(event, payload);
  });
  socket.send(JSON.stringify({ event: 'signal/request', payload: {} }));
  return socket;
}

test('offers that nobody answers on a range of ten ports keep nobody out, and cost no viewer a frame', async () => {
  const outcomes: string[] = [];
  await viewers.unbothered(async () => {
    for (let i = 0; i < SESSIONS; i++) {
      const before = outcomes.length;
      await askForOffer(`greedy ${i}`, (event) => outcomes.push(event));
      await waitFor('an offer or a refusal', () =>
        outcomes.slice(before).some((event) => event === 'signal/provide' || event === 'signal/refused'),
      );
    }
    const { id, token } = await product.login('user', 'newcomer');
    const newcomer = await LibwebrtcViewer.open(product.url, { id, token });
    expect(newcomer.isConnected).toBe(true);
    newcomer.close();
  });
  expect(outcomes.filter((event) => event === 'signal/provide')).toHaveLength(SESSIONS);
  expect(outcomes).not.toContain('signal/refused');
  expect(outcomes, 'nobody gives way for a port').not.toContain('signal/close');
});

test('packets that are nothing, on every media port, cost no viewer a frame', async () => {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const report = await viewers.unbothered(async () => {
    for (let i = 0; i < PACKETS; i++) {
      const packet = Buffer.alloc(20 + (i % 1_200), i);
      packet[0] = [0, 1, 22, 128, 144, 200][i % 6]!;
      packet.writeUInt16BE(packet.length - 20, 2);
      packet.writeUInt32BE(i % 2 === 0 ? 0x2112_a442 : i, 4);
      socket.send(packet, FIRST_PORT + (i % (LAST_PORT - FIRST_PORT + 1)), '127.0.0.1');
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  expect(report.cut).toBe(0);
});
