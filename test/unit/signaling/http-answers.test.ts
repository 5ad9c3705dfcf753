import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { Harness, type Overrides } from '../../integration/signaling/support/harness.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { makeCertificate } from '../../support/servers/certificate.js';
import { waitFor } from '../../support/wait-for.js';

/** More than the system keeps for a client that takes nothing. */
const LARGE_BYTES = 12 * 1024 * 1024;
const CLIPBOARD_BYTES = 8 * 1024 * 1024 - 1_024;
/** What a slow link carries in a second. */
const SLOW_BYTES = 128 * 1024;
const PATIENT = { timeout: 60_000 };

let harness: Harness;
let clock: SteppedClock;
let staticDir: string;
const sockets: Socket[] = [];
beforeEach(() => {
  clock = new SteppedClock();
  staticDir = mkdtempSync(join(tmpdir(), 'answers-'));
  writeFileSync(join(staticDir, 'large.bin'), Buffer.alloc(LARGE_BYTES, 'x'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await harness.close();
  rmSync(staticDir, { recursive: true });
});

async function start({ server, ...others }: Overrides = {}): Promise<{ readonly token: string }> {
  harness = await Harness.start({ clock, server: { staticDir, ...server }, ...others });
  if (server?.tls) return { token: '' };
  const { token } = await harness.login('admin');
  await harness.http('POST', '/api/room/control/take', { token });
  harness.desktop.content = { text: 'x'.repeat(CLIPBOARD_BYTES) };
  return { token };
}

/** Asks, and takes nothing of the answer by itself. */
function ask(path: string, token = '', localAddress = '127.0.0.1'): Socket {
  const { hostname, port, protocol } = new URL(harness.base);
  const to = { host: hostname, port: Number(port), localAddress };
  const socket = protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  sockets.push(socket);
  socket.on('error', () => {});
  socket.on('readable', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${token === '' ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`);
  return socket;
}

/** Takes `bytes`, or what is left at the end; nothing where the connection was cut. */
async function take(socket: Socket, bytes: number): Promise<Buffer> {
  let piece: Buffer | null = null;
  await waitFor('more of the answer', () => {
    piece = socket.read(bytes) ?? (socket.readableEnded || socket.destroyed ? Buffer.alloc(0) : null);
    return piece !== null;
  });
  return piece ?? Buffer.alloc(0);
}

const KINDS: readonly (readonly [string, Overrides])[] = [
  ['plain', {}],
  ['TLS', { server: { tls: makeCertificate() } }],
  ['shared', { sharedPort: true }],
  ['shared TLS', { sharedPort: true, server: { tls: makeCertificate() } }],
];

test.each(KINDS)('%s port: who takes a byte a second is cut off, and not within a minute', PATIENT, async (_kind, overrides) => {
  await start(overrides);
  const socket = ask('/large.bin');
  await take(socket, 1);
  const others = harness.connections - 1;
  let seconds = 0;
  await waitFor('the end of the connection', () => {
    socket.read(1);
    clock.advance(1_000);
    seconds += 1;
    return harness.connections === others;
  });
  expect(seconds).toBeGreaterThan(HTTP_LIMITS.answerTime.value / 1_000);
});

test.each([
  ['a file', '/large.bin', LARGE_BYTES],
  ['a clipboard', '/api/room/clipboard', CLIPBOARD_BYTES],
])('%s over a slow link that moves comes whole, over more than a minute', PATIENT, async (_what, path, bytes) => {
  const { token } = await start();
  const socket = ask(path, token);
  let [taken, seconds] = [0, 0];
  while (taken < bytes) {
    const piece = await take(socket, Math.min(SLOW_BYTES, bytes - taken));
    if (piece.length === 0) break;
    taken += piece.length;
    seconds += 1;
    clock.advance(1_000);
  }
  expect(taken).toBe(bytes);
  expect(seconds).toBeGreaterThanOrEqual(HTTP_LIMITS.answerTime.value / 1_000);
});

test(
  'answers that wait: an address has its bound and gets 429 beyond it, another is served, and so is it again',
  PATIENT,
  async () => {
    const { token } = await start();
    const count = HTTP_LIMITS.answersOfAddress.value / (8 * 1024 * 1024);
    const waiting: Socket[] = [];
    for (let asked = 0; asked < count; asked += 1) {
      const socket = ask('/api/room/clipboard', token);
      waiting.push(socket);
      expect(String(await take(socket, 12))).toBe('HTTP/1.1 200');
    }
    const status = async (from?: string) => String(await take(ask('/api/room/clipboard', token, from), 12)).slice(-3);
    expect([await status(), await status('127.0.0.2')]).toEqual(['429', '200']);
    expect((await harness.http('GET', '/api/whoami', { token })).status).toBe(200);
    waiting[0]!.destroy();
    clock.advance(10_000);
    await waitFor('a place that became free', async () => {
      clock.advance(1_000);
      return (await status()) === '200';
    });
  },
);

test(
  'an answer up to its bound counts for nothing; with a byte more it is 429 for who leaves so many lying',
  PATIENT,
  async () => {
    const { token } = await start();
    for (let asked = 0; asked < HTTP_LIMITS.answersOfAddress.value / (8 * 1024 * 1024); asked += 1)
      expect(String(await take(ask('/api/room/clipboard', token), 12))).toBe('HTTP/1.1 200');
    const around = '{"text":""}\n'.length;
    const answer = (bytes: number) => {
      harness.desktop.content = { text: 'x'.repeat(bytes - around) };
      return harness.http('GET', '/api/room/clipboard', { token });
    };
    const { freeAnswer } = HTTP_LIMITS;
    const free = await answer(freeAnswer.value);
    expect([free.status, (await free.text()).length]).toEqual([200, freeAnswer.value]);
    expect((await answer(freeAnswer.value + 1)).status).toBe(429);
  },
);

test(
  'one answer larger than the whole bound comes when nothing else waits; HEAD has its length and no body',
  PATIENT,
  async () => {
    const { token } = await start();
    const text = '\u0001'.repeat(6 * 1024 * 1024);
    harness.desktop.content = { text };
    const whole = await harness.http('GET', '/api/room/clipboard', { token });
    expect(await whole.json()).toEqual({ text });
    const head = await harness.http('HEAD', '/api/room/clipboard', { token });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, whole.headers.get('content-length')]);
  },
);

test.each([
  [0, [200, 200, 200, 413, 413]],
  [1, [200, 200, 413, 413, 413]],
])('a batch has its bound of answers: %i characters more than half of it each', PATIENT, async (more, expected) => {
  const { token } = await start();
  const around = '{"text":""}\n'.length;
  harness.desktop.content = { text: 'x'.repeat(HTTP_LIMITS.batchAnswers.value / 2 - around + more) };
  const one = { path: '/api/room/clipboard', method: 'GET' };
  const batch = await harness.http('POST', '/api/batch', { token, body: Array(5).fill(one) });
  const answers: { status: number; body: object }[] = JSON.parse(await batch.text());
  expect(answers.map(({ status }) => status)).toEqual(expected);
  expect(answers.at(-1)!.body).toEqual({ code: 413, message: 'the answers of this batch are too long' });
});
