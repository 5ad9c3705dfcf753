import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FIELD_LIMITS } from '../../../server/protocol/limits.js';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { Harness, type Overrides } from './support/harness.js';

let harness: Harness;
const sockets: Socket[] = [];
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await harness.close();
});

/** A TCP connection that collects what the server says. */
class Line {
  said = '';
  closed = false;
  readonly socket: Socket;

  constructor(text: string) {
    const { hostname, port } = new URL(harness.base);
    this.socket = connect(Number(port), hostname);
    sockets.push(this.socket);
    this.socket.on('data', (data) => {
      this.said += String(data);
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
    });
    this.socket.write(text);
  }

  status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.said)?.[1] ?? 0);
  }
}

const head = (path: string, bytes: number, token = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${token === '' ? '' : `Authorization: Bearer ${token}\r\n`}Content-Length: ${bytes}\r\n\r\n`;

test.each([
  ['/api/room/clipboard', 8_000_000, 401],
  ['/api/members', 60_000_000, 401],
  ['/api/nope', 60_000_000, 404],
  ['/api/login', HTTP_LIMITS.loginBody.value + 1, 413],
  ['/api/batch', HTTP_LIMITS.anonymousBody.value + 1, 413],
])('%s with %i bytes announced and none sent: %i at once', async (path, bytes, status) => {
  await start();
  const line = new Line(head(path, bytes));
  await expect.poll(() => line.status()).toBe(status);
  if (bytes > HTTP_LIMITS.unreadBody.value) await expect.poll(() => line.closed).toBe(true);
});

test('a guest is refused an admin’s route before the body; a client that asks first is never told to send it', async () => {
  await start();
  const { token } = await harness.login('user');
  const line = new Line(head('/api/members', 50_000, token).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
  await expect.poll(() => line.status()).toBe(403);
  const welcome = new Line(head('/api/login', 2).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
  await expect.poll(() => welcome.status()).toBe(100);
  welcome.socket.write('{}');
  await expect.poll(() => welcome.said).toContain('HTTP/1.1 401');
});

test('a connection lives on behind a refused request with a small body', async () => {
  await start();
  const line = new Line(`${head('/api/members', 5)}`);
  await expect.poll(() => line.status()).toBe(401);
  line.socket.write('12345GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(() => line.said).toContain('true');
});

test.each([
  ['login', '/api/login', HTTP_LIMITS.loginBody.value, 401],
  ['profile', '/api/profile', HTTP_LIMITS.profileBody.value, 200],
  ['settings', '/api/room/settings', HTTP_LIMITS.settingsBody.value, 204],
  ['members', '/api/members', HTTP_LIMITS.memberBody.value, 400],
  ['bulk', '/api/members_bulk/delete', HTTP_LIMITS.bulkBody.value, 204],
  ['clipboard', '/api/room/clipboard', HTTP_LIMITS.clipboardBody.value, 204],
  ['batch', '/api/batch', HTTP_LIMITS.batchBody.value, 200],
  ['any other', '/api/room/screen', HTTP_LIMITS.otherBody.value, 422],
])('a body of exactly the limit is read, one byte more is 413: %s', async (name, path, limit, status) => {
  await start();
  const { token } = await harness.login('admin');
  await harness.http('POST', '/api/room/control/take', { token });
  const body = name === 'batch' ? '[]' : name === 'bulk' ? '{"ids":[]}' : '{}';
  const exact = await harness.http('POST', path, { token, body: body.padEnd(limit) });
  expect([exact.status, exact.status < 300 ? '' : await exact.text()].join(' ')).toMatch(new RegExp(`^${status}`));
  const chunks = [body, ' '.repeat(limit - body.length), '!'];
  const line = new Line(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (const chunk of chunks) line.socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  await expect.poll(() => line.status()).toBe(413);
  expect((await harness.http('POST', path, { token, body: body.padEnd(limit + 1) })).status).toBe(413);
});

test('bodies that stall: an address beyond its bytes is refused with 429, and may again once they are gone', async () => {
  await start();
  const { token } = await harness.login('admin');
  await harness.http('POST', '/api/room/control/take', { token });
  const full = HTTP_LIMITS.clipboardBody.value;
  const stalled = Array.from({ length: 3 }, () => new Line(head('/api/room/clipboard', full, token) + 'x'.repeat(full - 1)));
  await expect.poll(() => stalled.reduce((sum, { socket }) => sum + socket.writableLength, 0), { timeout: 10_000 }).toBe(0);
  const refused = async () => {
    const line = new Line(head('/api/room/clipboard', full, token) + 'x'.repeat(full - 1));
    await expect.poll(() => line.said.split('\r\n')[0] ?? '').not.toBe('');
    return line.status();
  };
  await expect.poll(refused, { timeout: 10_000 }).toBe(429);
  expect((await harness.http('POST', '/api/room/settings', { token, body: '{}' })).status).toBe(204);
  for (const { socket } of stalled) socket.destroy();
  const again = () => harness.http('POST', '/api/room/clipboard', { token, body: '{}'.padEnd(full) });
  await expect.poll(async () => (await again()).status, { timeout: 10_000 }).toBe(204);
});

test('a body that comes too slowly is 408', async () => {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly action: () => void }>();
  const clock = {
    nowMs: () => nowMs,
    after(delayMs: number, action: () => void) {
      const timer = { atMs: nowMs + delayMs, action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  await start({ clock });
  const line = new Line(`${head('/api/login', 100)}{`);
  await expect.poll(() => [...timers].some(({ atMs }) => atMs >= HTTP_LIMITS.bodyTime.value)).toBe(true);
  nowMs = HTTP_LIMITS.bodyTime.value + 2;
  for (const { atMs, action } of timers) if (atMs <= nowMs) action();
  await expect.poll(() => line.status()).toBe(408);
});

test('a batch of 100 is run, one of 101 is refused whole, and 240,000 are not even read', async () => {
  await start();
  const { token } = await harness.login('admin');
  const batch = (count: number) => {
    const body = Array.from({ length: count }, () => ({ path: '/api/whoami', method: 'GET' }));
    return harness.http('POST', '/api/batch', { token, body });
  };
  const answers: { status: number }[] = JSON.parse(await (await batch(100)).text());
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
  const refused = await batch(101);
  expect([refused.status, await refused.text()]).toEqual([400, '{"code":400,"message":"a batch has 100 requests at most"}\n']);
  const line = new Line(head('/api/batch', 240_000 * 40, token));
  await expect.poll(() => line.status()).toBe(413);
});

test.each([
  '/api/batch',
  '/api/batch?x',
  '/api/./batch',
  '/api/x/../batch',
  '/api//batch',
  '/API/batch',
  '/api/batch/',
  '/api/%62atch',
  '/api/%2e/batch',
  '/api/%252e/batch',
  '/api/batch#x',
  '/api/\tbatch',
  '/api/./ws',
  '/api/ws?token=x',
])('no way leads from a batch into a batch or a WebSocket: %s', async (path) => {
  await start({ server: { pathPrefix: '/desk' } });
  harness.base += '/desk';
  const { token } = await harness.login('admin');
  const inner = [{ path: '/api/room/control/take', method: 'POST' }];
  const body = [{ path, method: 'POST', body: inner }];
  const [answer] = JSON.parse(await (await harness.http('POST', '/api/batch', { token, body })).text());
  expect(answer.status).toBeGreaterThanOrEqual(400);
  const { has_host } = JSON.parse(await (await harness.http('GET', '/api/room/control', { token })).text());
  expect(has_host).toBe(false);
});

test.each([
  '/api/../index.html',
  '/api/%2e%2e/index.html',
  '/api/x/../../index.html',
  '/api/..%2findex.html',
  '/api/..\\index.html',
  '/apis/x',
])('no way leads from a batch to anything but the API: %s', async (path) => {
  await start();
  const answer = await harness.http('POST', '/api/batch', { body: [{ path, method: 'GET' }] });
  expect(JSON.parse(await answer.text())).toEqual([
    { path, method: 'GET', status: 400, body: { code: 400, message: 'this path is not allowed in batch requests' } },
  ]);
});

test('JSON within JSON at the bound is read, one level more is refused, whoever asks', async () => {
  await start();
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const { depth } = FIELD_LIMITS;
  // A batch and its element stand around it.
  const batch = (levels: number) =>
    harness.http('POST', '/api/batch', { body: `[{"path":"/api/whoami","method":"GET","body":${nested(levels - 2)}}]` });
  expect((await batch(depth.value)).status).toBe(200);
  for (const answer of [
    await batch(depth.value + 1),
    await harness.http('POST', '/api/login', { body: nested(depth.value + 1) }),
  ]) {
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('lists and objects stand in more than 100 levels');
  }
});

test('a batch ends when its client goes away, and others are served between its requests', async () => {
  await start();
  const { token } = await harness.login('admin');
  const view = await harness.doctor.serverView();
  let reads = 0;
  const release: (() => void)[] = [];
  harness.doctor.serverView = () => {
    reads += 1;
    return new Promise((resolve) => release.push(() => resolve(view)));
  };
  const body = JSON.stringify(Array.from({ length: 50 }, () => ({ path: '/api/webrtc/doctor', method: 'GET' })));
  const line = new Line(head('/api/batch', body.length, token) + body);
  await expect.poll(() => reads).toBe(1);
  expect((await harness.http('GET', '/health')).status).toBe(200);
  line.socket.destroy();
  await expect.poll(() => line.closed).toBe(true);
  await harness.http('GET', '/health');
  release[0]?.();
  for (let i = 0; i < 5; i += 1) await harness.http('GET', '/health');
  expect(reads).toBe(1);
});

test('HEAD has the headers of GET and no body', async () => {
  await start();
  const { token } = await harness.login('admin');
  for (const path of ['/health', '/api/whoami', '/api/sessions', '/api/room/settings/']) {
    const [get, headed] = [await harness.http('GET', path, { token }), await harness.http('HEAD', path, { token })];
    const text = await get.text();
    expect([headed.status, await headed.text()]).toEqual([200, '']);
    expect(headed.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(headed.headers.get('content-type')).toBe(get.headers.get('content-type'));
  }
  for (const method of ['PUT', 'PATCH']) {
    const refused = await harness.http(method, '/api/room/settings', { token });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, POST']);
  }
});

test('a byte-order mark before JSON is no error, whole or first value', async () => {
  await start();
  const { token } = await harness.login('admin');
  expect((await harness.http('POST', '/api/login', { body: '\uFEFF{"username":"x","password":"wrong"}' })).status).toBe(401);
  expect((await harness.http('POST', '/api/room/settings', { token, body: '\uFEFF{}' })).status).toBe(204);
});

test('the beginning of a body counts for nothing: who has all its bytes waiting may still send that much, and not a byte more', async () => {
  await start();
  const { token } = await harness.login('admin');
  await harness.http('POST', '/api/room/control/take', { token });
  const { freeBody, bodiesOfAddress, clipboardBody } = HTTP_LIMITS;
  const large = clipboardBody.value - 1;
  const rest = bodiesOfAddress.value - 2 * (large - freeBody.value);
  for (const sent of [large, large, rest / 2 + freeBody.value, rest / 2 + freeBody.value])
    new Line(head('/api/room/clipboard', clipboardBody.value, token) + 'x'.repeat(sent));
  const settings = (bytes: number) => harness.http('POST', '/api/room/settings', { token, body: '{}'.padEnd(bytes) });
  const beyond = async () => (await settings(freeBody.value + 1)).status;
  await expect.poll(beyond, { timeout: 10_000 }).toBe(429);
  expect((await settings(freeBody.value)).status).toBe(204);
});

test('a large body has a second more for each part of it: in time it is read, later it is 408', async () => {
  const clock = new SteppedClock();
  await start({ clock });
  const { token } = await harness.login('admin');
  const { bodyTime, bodyPace } = HTTP_LIMITS;
  const body = '{"ids":[]}'.padEnd(3 * bodyPace.value);
  const asking = head('/api/members_bulk/delete', body.length, token).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');
  const [inTime, late] = [new Line(asking), new Line(asking)];
  await expect.poll(() => [inTime.status(), late.status()]).toEqual([100, 100]);
  clock.advance(bodyTime.value + 3_000 - 1);
  inTime.socket.write(body);
  await expect.poll(() => inTime.said).toContain('HTTP/1.1 204');
  expect(late.said).not.toContain('HTTP/1.1 4');
  clock.advance(1);
  await expect.poll(() => late.said).toContain('HTTP/1.1 408');
});
