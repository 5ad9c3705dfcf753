import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Product, startProduct } from '../../support/servers/product.js';
import { waitFor } from '../../support/wait-for.js';
import { XClient } from '../../support/x/x-client.js';
import { startXProgram, type XProgram } from '../../support/x/x-program.js';
import { LibwebrtcViewer } from './libwebrtc-viewer.js';

let product: Product;
let painter: XProgram;

beforeAll(async () => {
  product = await startProduct();
  painter = await startXProgram('painter', product.display, [1000, 500, 160, 120, 30]);
});
afterAll(async () => {
  await painter?.stop();
  await product?.stop();
});

async function join(name: string): Promise<LibwebrtcViewer> {
  const viewer = await LibwebrtcViewer.open(product.url, await product.login('user', name));
  onTestFinished(() => viewer.close());
  return viewer;
}

/** Client messages of the data channel: opcode, length of what follows, then `fields` of 1, 2 or 4 bytes each. */
function frame(opcode: number, ...fields: readonly (readonly [bytes: 1 | 2 | 4, value: number])[]): Uint8Array<ArrayBuffer> {
  const size = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const message = Buffer.alloc(3 + size);
  message.writeUInt8(opcode);
  message.writeUInt16BE(size, 1);
  let at = 3;
  for (const [bytes, value] of fields) at = message.writeUIntBE(value, at, bytes);
  return new Uint8Array(message);
}

const move = (x: number, y: number) => frame(1, [2, x], [2, y]);
const key = (down: boolean, keysym: number) => frame(down ? 3 : 4, [4, keysym]);
const button = (down: boolean, code: number) => frame(down ? 5 : 6, [4, code]);
const ping = frame(7, [4, 0], [4, 42]);
const PONG = 3;

async function takeControl(viewer: LibwebrtcViewer): Promise<void> {
  const from = viewer.messages.length;
  viewer.send('control/request');
  await viewer.seen('control/host', (payload) => JSON.stringify(payload).includes(`"host_id":"${viewer.id}"`), from);
}

/** The channel is ordered: an answered ping proves that what was sent before it was dealt with. */
async function channelAnswers(viewer: LibwebrtcViewer): Promise<void> {
  const from = viewer.fromChannel.length;
  viewer.sendOnChannel(ping);
  await waitFor('a pong', () => viewer.fromChannel.slice(from).some((message) => message[0] === PONG));
}

async function socketAnswers(viewer: LibwebrtcViewer): Promise<void> {
  const from = viewer.messages.length;
  viewer.send('send/unicast', { receiver: viewer.id, subject: 'echo', body: from });
  await viewer.seen('send/unicast', () => true, from);
}

test('libwebrtc signs in, negotiates, decodes the screen and has its input obeyed', async () => {
  const client = await XClient.open(product.display, { width: 800, height: 400 });
  onTestFinished(() => client.close());
  const viewer = await join('second-kind');
  await waitFor('the whole screen', () => viewer.size.width === 1280 && viewer.size.height === 720);
  await waitFor('the cursor image and its place', () => viewer.fromChannel.length >= 2);
  expect(viewer.fromChannel.slice(0, 2).map(([opcode]) => opcode)).toEqual([2, 1]);
  viewer.sendOnChannel(move(700, 300));
  await channelAnswers(viewer);
  expect(await client.pointer(), 'moved without control').not.toEqual({ x: 700, y: 300 });
  await takeControl(viewer);
  viewer.sendOnChannel(move(321, 123));
  viewer.sendOnChannel(button(true, 1));
  viewer.sendOnChannel(button(false, 1));
  for (const keysym of [0x61, 0x100_4f60]) {
    viewer.sendOnChannel(key(true, keysym));
    viewer.sendOnChannel(key(false, keysym));
  }
  await waitFor('a click at 321,123', async () => {
    await client.sync();
    return client.inputs.some((input) => input.kind === 'button-down' && input.x === 321 && input.y === 123);
  });
  await waitFor('a你 typed', () => client.typed() === 'a\u4f60');
});

const MESSAGES: readonly (string | Buffer)[] = [
  '',
  'not JSON',
  '{"event":',
  '[]',
  'null',
  '"text"',
  '12',
  '{}',
  '{"event":5}',
  '{"event":""}',
  '{"event":"unknown/event","payload":{}}',
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((event) => JSON.stringify({ event, payload: {} })),
  ...['system/init', 'session/state', 'control/host'].map((event) => JSON.stringify({ event, payload: {} })),
  ...['signal/answer', 'signal/candidate', 'signal/video', 'control/move', 'screen/set', 'clipboard/set'].flatMap((event) =>
    ['[]', '"text"', '7', 'true', '{"sdp":7}', '{"x":"1","y":{}}', '{"video":"x"}'].map(
      (payload) => `{"event":"${event}","payload":${payload}}`,
    ),
  ),
  // An object with unknown fields would be a request like any other, and replace the peer.
  ...['[]', '"text"', '7', 'true', '{"video":"x"}'].map((payload) => `{"event":"signal/request","payload":${payload}}`),
  '{"event":"signal/answer","payload":{"sdp":"garbage"}}',
  '{"event":"signal/offer","payload":{"sdp":"v=0\\r\\nm=video 9 X 0\\r\\n"}}',
  '{"event":"signal/candidate","payload":{"candidate":"candidate:1 1 udp 99999999999 999.1.1.1 70000 typ host"}}',
  '{"event":"send/unicast","payload":{"receiver":"nobody","subject":"","body":null}}',
  `{"event":"send/unicast","payload":{"receiver":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
  `{"event":"${'x'.repeat(60_000)}"}`,
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
];

const FRAMES: readonly (Uint8Array<ArrayBuffer> | string)[] = [
  new Uint8Array(),
  new Uint8Array([1]),
  new Uint8Array([1, 0]),
  new Uint8Array([1, 0, 4]),
  ...Array.from({ length: 256 }, (_, opcode) => new Uint8Array([opcode, 0, 4, 1])),
  new Uint8Array(60_000).fill(255),
  frame(8, [4, 0xffffffff], [4, 0x80000000], [4, 0x7fffffff], [1, 255]),
  frame(10, [4, 77], [4, 0], [4, 0], [1, 0]),
  frame(3, [4, 0]),
  frame(3, [4, 0xffffffff]),
  frame(5, [4, 0]),
  frame(5, [4, 0xffffffff]),
  frame(2, [2, 0xffff], [2, 0x8000], [1, 9]),
  'text where bytes belong',
  '',
];

test('malformed messages of every kind, on socket and data channel, disturb nobody', async () => {
  const [witness, culprit] = [await join('witness'), await join('culprit')];
  await takeControl(culprit);
  for (const message of MESSAGES) culprit.socket.send(message);
  await socketAnswers(culprit);
  for (const message of FRAMES) culprit.sendOnChannel(message);
  await channelAnswers(culprit);
  const { frames } = witness;
  await waitFor('further frames for both', () => witness.frames > frames + 20 && culprit.isConnected);
  await socketAnswers(witness);
  await channelAnswers(witness);
  expect(culprit.closeCode).toBeUndefined();
  expect(witness.isConnected).toBe(true);
  expect(witness.messages.map(({ event }) => event)).not.toContain('signal/close');
});

test('what breaks the WebSocket protocol ends that one socket', async () => {
  const [witness, culprit] = [await join('bystander'), await join('breaker')];
  const tooLong = Buffer.alloc(64 * 1024 * 1024, 'x');
  culprit.socket.on('error', () => undefined);
  culprit.socket.send(tooLong.toString());
  await waitFor('the end of the socket', () => culprit.closeCode !== undefined);
  const { frames } = witness;
  await waitFor('further frames', () => witness.frames > frames + 20);
  await socketAnswers(witness);
  expect(witness.closeCode).toBeUndefined();
});
