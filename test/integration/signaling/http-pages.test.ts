import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { ADMIN_PASSWORD } from './support/fake-members.js';
import { Client, Harness, type Overrides } from './support/harness.js';

let harness: Harness;
const COOKIES = {
  cookie: { enabled: true, name: 'S', expirationMs: 60_000, secure: true, httpOnly: true, domain: '', path: '' },
};
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
};
afterEach(() => harness.close());

const login = (headers: Record<string, string> = {}) =>
  harness.http('POST', '/api/login', { body: { username: 'x', password: ADMIN_PASSWORD }, headers });

async function cookieOf(): Promise<string> {
  const response = await login();
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test.each([
  ['a foreign form', { origin: 'https://evil.example' }, 403],
  ['a sandboxed frame', { origin: 'null' }, 403],
  ['a foreign page that hides its origin', { referer: 'https://evil.example/x' }, 403],
  ['a foreign page by its site alone', { 'sec-fetch-site': 'cross-site' }, 403],
  ['another port of ours', { origin: 'http://127.0.0.1:1' }, 403],
  ['a sister of ours', { 'sec-fetch-site': 'same-site' }, 403],
  ['a listed page', { origin: 'https://listed.example' }, 204],
  ['our page', { origin: 'OURS' }, 204],
  ['our page by its address', { referer: 'OURS/index.html' }, 204],
  ['our page by its site', { 'sec-fetch-site': 'same-origin' }, 204],
  ['a program', {}, 204],
])('with cookies, a write from %s', async (_who, headers, status) => {
  await start({ session: COOKIES, server: { cors: ['https://listed.example'] } });
  const cookie = await cookieOf();
  const told = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('OURS', harness.base)]));
  const write = (more: Record<string, string>) =>
    harness.http('POST', '/api/room/settings', { body: '{"locked_logins":true}', headers: { ...told, ...more } });
  expect((await write({ cookie })).status).toBe(status);
  expect((await write({ authorization: `Bearer ${cookie.slice(2)}` })).status).toBe(204);
  const batch = await harness.http('POST', '/api/batch', { body: '[]', headers: { ...told, cookie } });
  expect(batch.status).toBe(status === 403 ? 403 : 200);
  const { locked_logins } = JSON.parse(
    await (await harness.http('GET', '/api/room/settings', { headers: { ...told, cookie } })).text(),
  );
  expect(locked_logins).toBe(true);
});

test('a foreign page cannot sign its visitor in either, and is told why; the log says who it was', async () => {
  await start({ session: COOKIES });
  const refused = await login({ origin: 'https://evil.example', 'content-type': 'text/plain' });
  expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null]);
  expect(await refused.text()).toContain('its origin is neither ours nor on the CORS list');
  expect(harness.logged.join()).toContain('https://evil.example');
});

test('without cookies a page of any origin may write: it has to know the token', async () => {
  await start();
  expect((await login({ origin: 'https://any.example' })).status).toBe(200);
});

test('cookies are Lax, or None where CORS names origins', async () => {
  await start({ session: COOKIES });
  expect((await login()).headers.get('set-cookie')).toContain('; Secure; SameSite=Lax');
  await harness.close();
  await start({ session: COOKIES, server: { cors: ['https://listed.example'] } });
  expect((await login()).headers.get('set-cookie')).toContain('; Secure; SameSite=None');
});

test('a page over plain HTTP would drop a Secure cookie: it is given the token, and the log says once what to set', async () => {
  await start({ session: COOKIES });
  for (let count = 0; count < 3; count += 1) {
    const response = await login({ origin: harness.base });
    expect(response.headers.get('set-cookie')).toBeNull();
    const { token } = JSON.parse(await response.text());
    expect((await harness.http('GET', '/api/whoami', { token })).status).toBe(200);
  }
  expect(harness.logged.filter((line) => line.includes('NEKO_SESSION_COOKIE_SECURE=false'))).toHaveLength(1);
});

test('the token of a WebSocket may travel beside its address: the answer names the protocol, never the token', async () => {
  await start();
  const { token, id } = await harness.login('user');
  const socket = new WebSocket(`${harness.base.replace('http', 'ws')}/api/ws`, ['neko.v3', `neko.token.${token}`]);
  const client = new Client(socket);
  onTestFinished(() => socket.terminate());
  await client.seen('session/state', (payload) => JSON.stringify(payload).includes(id));
  expect(socket.protocol).toBe('neko.v3');
  const wrong = new Client(new WebSocket(`${harness.base.replace('http', 'ws')}/api/ws`, ['neko.v3', 'neko.token.wrong']));
  expect(await wrong.seen('system/disconnect')).toEqual({ message: 'session not found' });
  expect(harness.logged.join('\n')).not.toContain(token);
});

test('every answer of the API has headers that keep browsers from guessing, telling, framing and keeping it', async () => {
  await start();
  for (const [path, status] of [
    ['/api/whoami', 401],
    ['/api/nope', 404],
    ['/health', 200],
    ['/api/room/nope', 401],
  ] as const) {
    const { headers, status: given } = await harness.http('GET', path);
    expect(given).toBe(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers.get('strict-transport-security')).toBeNull();
  }
});

test('pages: a policy for our own, none but frames for those of the user', async () => {
  const staticDir = mkdtempSync(join(tmpdir(), 'pages-'));
  onTestFinished(() => rmSync(staticDir, { recursive: true }));
  writeFileSync(join(staticDir, 'index.html'), '<p>home</p>');
  await start({ server: { staticDir, ownPage: true } });
  const own = await harness.http('GET', '/');
  expect(own.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; .*; frame-ancestors 'self'$/,
  );
  expect(own.headers.get('cache-control')).not.toContain('no-store');
  await harness.close();
  await start({ server: { staticDir, ownPage: false, frameAncestors: 'https://a.example' } });
  const theirs = await harness.http('GET', '/');
  expect(theirs.headers.get('content-security-policy')).toBe('frame-ancestors https://a.example');
  expect([theirs.headers.get('x-content-type-options'), theirs.headers.get('x-frame-options')]).toEqual(['nosniff', null]);
});

test('a page over HTTPS is cut off from whoever opened it; plain pages, the API and pages of the user are as they were', async () => {
  const staticDir = mkdtempSync(join(tmpdir(), 'pages-'));
  onTestFinished(() => rmSync(staticDir, { recursive: true }));
  writeFileSync(join(staticDir, 'index.html'), '<p>home</p>');
  const opener = async (path: string, headers: Record<string, string> = {}) =>
    (await harness.http('GET', path, { headers })).headers.get('cross-origin-opener-policy');
  const https = { 'x-forwarded-proto': 'https' };
  await start({ server: { staticDir, ownPage: true, trustedProxies: ['127.0.0.1'] } });
  expect([await opener('/', https), await opener('/'), await opener('/health', https)]).toEqual(['same-origin', null, null]);
  await harness.close();
  await start({ server: { staticDir, ownPage: false, trustedProxies: ['127.0.0.1'] } });
  expect(await opener('/', https)).toBeNull();
  await harness.close();
  await start({ server: { staticDir, ownPage: true } });
  expect(await opener('/', https)).toBeNull();
});

test('a stranger who asks without end is told to wait, and nobody else is: files included', async () => {
  const clock = new SteppedClock();
  await start({ clock, server: { trustedProxies: ['127.0.0.1'] } });
  const ask = (address: string) => harness.http('GET', '/api/nope', { headers: { 'x-forwarded-for': address } });
  const askOften = async (times: number) => {
    let [served, refused] = [0, 0];
    for (let left = times; left > 0; left -= 100) {
      for (const { status, headers } of await Promise.all(Array.from({ length: 100 }, () => ask('192.0.2.1')))) {
        expect([status, headers.get('retry-after')]).toEqual(status === 404 ? [404, null] : [429, '1']);
        if (status === 404) served += 1;
        else refused += 1;
      }
    }
    return [served, refused];
  };
  const { strangerBurst, strangerRate } = HTTP_LIMITS;
  expect(await askOften(strangerBurst.value + 100)).toEqual([strangerBurst.value, 100]);
  clock.advance(1_000);
  expect(await askOften(strangerRate.value + 100)).toEqual([strangerRate.value, 100]);
  expect((await ask('192.0.2.2')).status).toBe(404);
});
