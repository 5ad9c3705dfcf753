import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { makeCertificate } from '../../support/servers/certificate.js';
import { Harness, type Overrides } from './support/harness.js';

const open: { close(): Promise<void> }[] = [];
const sockets: Socket[] = [];
const start = async (overrides?: Overrides): Promise<Harness> => {
  const harness = await Harness.start(overrides);
  open.push(harness);
  return harness;
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const harness of open.splice(0)) await harness.close();
});

interface Line {
  said(): string;
  closed(): boolean;
  readonly socket: Socket;
}

function line({ base }: Harness, text: string | Buffer, { raw = false, from = '127.0.0.1' } = {}): Line {
  const { hostname, port, protocol } = new URL(base);
  const to = { host: hostname, port: Number(port), localAddress: from };
  const socket = protocol === 'https:' && !raw ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  let [said, closed] = ['', false];
  sockets.push(socket);
  socket.on('data', (data) => {
    said += String(data);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  if (text.length > 0) socket.write(text);
  return { said: () => said, closed: () => closed, socket };
}

const HALF = 'GET /health HTTP/1.1\r\nHost: x\r\nX-Half: ';
const WHOLE = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
/** The beginning of a TLS record with a handshake in it. */
const HALF_HANDSHAKE = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

test('half a head, half a handshake and silence end within seconds, on every kind of port', { timeout: 40_000 }, async () => {
  const tls = makeCertificate();
  const kinds = [{}, { server: { tls } }, { sharedPort: true }, { sharedPort: true, server: { tls } }];
  const harnesses = await Promise.all(kinds.map(start));
  const lines = harnesses.flatMap((harness) => [
    line(harness, HALF),
    line(harness, 'G'),
    line(harness, ''),
    line(harness, HALF_HANDSHAKE, { raw: true }),
    line(harness, WHOLE + HALF),
  ]);
  // A byte now and then does not help.
  const drip = setInterval(() => {
    for (const { socket } of lines) if (socket.bytesWritten > 0 && socket.writable) socket.write('x');
  }, 1_000);
  try {
    const limitMs = HTTP_LIMITS.headTime.value + 5_000;
    await expect.poll(() => lines.filter(({ closed }) => !closed()).length, { timeout: limitMs, interval: 100 }).toBe(0);
  } finally {
    clearInterval(drip);
  }
  expect(lines[0]!.said()).toContain('408 Request Timeout');
  expect(lines[4]!.said()).toMatch(/200 OK[\s\S]*408 Request Timeout/);
});

test('HTTPS is served on the shared port, with HSTS', async () => {
  const { base } = await start({ sharedPort: true, server: { tls: makeCertificate() } });
  const headers = await new Promise<object>((resolve, reject) => {
    const asked = request(`${base}/health`, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.headers);
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=15552000' });
});

test('an address has so many connections; others are served meanwhile, and it is again once it lets go', async () => {
  const harness = await start();
  const mine = Array.from({ length: HTTP_LIMITS.connectionsOfAddress.value }, () => line(harness, HALF, { from: '127.0.0.2' }));
  await expect.poll(() => mine.filter(({ socket }) => !socket.connecting).length).toBe(mine.length);
  const tooMuch = line(harness, WHOLE, { from: '127.0.0.2' });
  await expect.poll(() => tooMuch.closed()).toBe(true);
  expect([tooMuch.said(), mine.filter(({ closed }) => closed()).length]).toEqual(['', 0]);
  const other = line(harness, WHOLE, { from: '127.0.0.3' });
  await expect.poll(() => other.said()).toContain('200 OK');
  expect(harness.logged.join()).toContain('server.trusted_proxies');
  for (const { socket } of mine) socket.destroy();
  await expect
    .poll(() => {
      const again = line(harness, WHOLE, { from: '127.0.0.2' });
      return expect
        .poll(() => again.said() !== '' || again.closed())
        .toBe(true)
        .then(() => again.said());
    })
    .toContain('200 OK');
});

test('requests that wait on one connection: the bound is served, one more ends the connection', async () => {
  const harness = await start();
  const { token } = await harness.login('admin');
  let asked = 0;
  harness.doctor.serverView = () => {
    asked += 1;
    return new Promise(() => {});
  };
  const one = `GET /api/webrtc/doctor HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const full = line(harness, one.repeat(HTTP_LIMITS.unanswered.value));
  // The others wait behind it.
  await expect.poll(() => asked).toBe(1);
  expect(full.closed()).toBe(false);
  full.socket.write(one);
  await expect.poll(() => full.closed()).toBe(true);
  expect((await harness.http('GET', '/health')).status).toBe(200);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a head beyond its size', `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(HTTP_LIMITS.headSize.value)}\r\n\r\n`, 431],
  [
    'as many headers as allowed',
    `GET /health HTTP/1.1\r\nHost: x\r\n${'X: x\r\n'.repeat(HTTP_LIMITS.headers.value - 1)}\r\n`,
    200,
  ],
  ['one more', `GET /health HTTP/1.1\r\nHost: x\r\n${'X: x\r\n'.repeat(HTTP_LIMITS.headers.value)}\r\n`, 431],
])('%s', async (_what, text, status) => {
  const harness = await start();
  const sent = line(harness, text);
  await expect.poll(() => sent.said()).toContain(`HTTP/1.1 ${status} `);
  if (status !== 200) expect(sent.said()).toContain(`{"code":${status},"message":"`);
});

// Node keeps these times by a clock of its own, so they are made short once it is seen that they are ours.

test('a request has its time to come in: one that takes longer is 408, and the connection is closed', async () => {
  const harness = await start();
  expect(harness.http1.requestTimeout).toBe(HTTP_LIMITS.requestTime.value);
  // Node takes the smaller of the two for the head.
  harness.http1.headersTimeout = 2_000;
  harness.http1.requestTimeout = 2_000;
  const post = 'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{';
  const [slow, quick] = [line(harness, post), line(harness, post)];
  quick.socket.write(' }');
  await expect.poll(() => quick.said()).toContain('HTTP/1.1 401');
  expect(slow.said()).toBe('');
  await expect.poll(() => slow.closed(), { timeout: 10_000 }).toBe(true);
  expect(slow.said()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a connection may be idle between two requests for its time, and is closed after it', async () => {
  const harness = await start();
  expect(harness.http1.keepAliveTimeout).toBe(HTTP_LIMITS.idleTime.value);
  const kept = line(harness, WHOLE);
  await expect.poll(() => kept.said()).toContain('200 OK');
  harness.http1.keepAliveTimeout = 1_500;
  const idle = line(harness, WHOLE);
  await expect.poll(() => idle.said()).toContain('200 OK');
  idle.socket.write(WHOLE);
  await expect.poll(() => idle.said().split('200 OK')).toHaveLength(3);
  await expect.poll(() => idle.closed(), { timeout: 10_000 }).toBe(true);
  expect(kept.closed()).toBe(false);
  kept.socket.write(WHOLE);
  await expect.poll(() => kept.said().split('200 OK')).toHaveLength(3);
});
