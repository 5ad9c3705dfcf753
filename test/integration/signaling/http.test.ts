import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../../../server/lib/clock.js';
import { systemClock } from '../../../server/lib/clock.js';
import { ADMIN_PASSWORD, USER_PASSWORD } from './support/fake-members.js';
import { Harness, type Overrides } from './support/harness.js';

let harness: Harness;
let directory = '';
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'signaling-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => harness.close());

test.each([
  ['GET', '/api/nope', 404, '404 page not found'],
  ['GET', '/api//whoami', 404, '404 page not found'],
  ['GET', '/api/who%61mi', 404, '404 page not found'],
  ['GET', '/API/whoami', 404, '404 page not found'],
  ['GET', '/api/whoami/', 404, '404 page not found'],
  ['GET', '/api/%zz', 400, 'Bad Request'],
  ['GET', '/api/whoami', 401, 'Unauthorized'],
  ['GET', '/api/room/nope', 401, 'Unauthorized'],
  ['GET', '/api/ws', 400, 'Bad Request'],
  ['PUT', '/api/login', 405, ''],
  ['HEAD', '/health', 200, ''],
  ['HEAD', '/api/whoami', 401, ''],
  ['HEAD', '/api/login', 405, ''],
  ['POST', '/api/login', 400, 'no data provided'],
  ['GET', '/health', 200, 'true'],
])('%s %s is %i', async (method, path, status, text) => {
  await start();
  const response = await harness.http(method, path);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(text);
  if (status === 405) expect(response.headers.get('allow')).toMatch(/^(GET|POST)$/);
});

test('an id with blanks, signs and letters of any script is found, encoded or as it is', async () => {
  await start();
  const [admin, odd] = [await harness.login('admin'), await harness.login('user', 'Žaneta+1@x (home) 5%?#/ü')];
  const response = await harness.http('GET', `/api/sessions/${encodeURIComponent(odd.id)}`, { token: admin.token });
  expect(await response.json()).toMatchObject({ id: odd.id });
});

test('after five wrong passwords an address waits, longer each time, whatever it tries; time heals', async () => {
  let nowMs = 0;
  const clock: Clock = { nowMs: () => nowMs, after: systemClock.after };
  await start({ clock });
  const attempt = async (password: string) => {
    const response = await harness.http('POST', '/api/login', { body: { username: String(nowMs), password } });
    return [response.status, response.headers.get('retry-after')];
  };
  for (let count = 0; count < 5; count += 1) expect(await attempt('wrong')).toEqual([401, null]);
  expect(await attempt(ADMIN_PASSWORD)).toEqual([429, '1']);
  nowMs += 1_000;
  expect(await attempt('wrong')).toEqual([401, null]);
  expect(await attempt(ADMIN_PASSWORD)).toEqual([429, '2']);
  for (let count = 0; count < 8; count += 1) {
    nowMs += 60_000;
    expect(await attempt('wrong')).toEqual([401, null]);
  }
  expect(await attempt(USER_PASSWORD)).toEqual([429, '60']);
  nowMs += 60_000;
  expect((await attempt(USER_PASSWORD))[0]).toBe(200);
});

test('guesses made at once are counted one by one', async () => {
  await start();
  const guesses = Array.from({ length: 20 }, () =>
    harness.http('POST', '/api/login', { body: { username: 'x', password: 'wrong' } }),
  );
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
});

test("the address is the proxy's word only where there is a proxy", async () => {
  await start({ server: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } });
  const wrong = (address: string) =>
    harness.http('POST', '/api/login', {
      body: { username: address, password: 'wrong' },
      headers: { 'x-forwarded-for': `${address}, 10.0.0.1` },
    });
  for (let count = 0; count < 6; count += 1) await wrong('192.0.2.1');
  expect([(await wrong('192.0.2.1')).status, (await wrong('192.0.2.2')).status]).toEqual([429, 401]);
});

test('no password and no token ever reaches the log', async () => {
  await start({ session: { apiToken: 'secret-api-token' } });
  const user = await harness.join('user');
  await harness.http('GET', `/api/nope?token=${user.token}&pwd=${ADMIN_PASSWORD}`);
  await harness.http('POST', '/api/login', { body: { username: 'x', password: 'wrong horse' } });
  await harness.http('POST', '/api/login', { body: '{"password":"wrong horse' });
  user.send('clipboard/set', { text: 5, secret: 'wrong horse' });
  await user.settle();
  const log = harness.logged.join('\n');
  expect(log).toContain('login refused');
  for (const secret of [user.token, ADMIN_PASSWORD, USER_PASSWORD, 'wrong horse', 'secret-api-token'])
    expect(log).not.toContain(secret);
});

test('a batch runs in order with the outer credentials, and survives answers that are not JSON', async () => {
  await start({ server: { pathPrefix: '/desk' } });
  harness.base += '/desk';
  const admin = await harness.login('admin');
  const paths = ['/api/room/control/take', '/api/room/control', '/api/room/nope', '/api/batch', '/health'];
  const body = paths.map((path, index) => ({ path, method: index === 0 ? 'POST' : undefined }));
  const answers = await (await harness.http('POST', '/api/batch', { token: admin.token, body })).json();
  expect(answers).toMatchObject([
    { status: 204 },
    { status: 200, body: { has_host: true, host_id: admin.id } },
    { status: 404, body: '404 page not found\n' },
    { status: 400, body: { message: 'this path is excluded from batch requests' } },
    { status: 400, body: { message: 'this path is not allowed in batch requests' } },
  ]);
});

test('static files below a prefix: index, redirects, ranges, HEAD, nothing else', async () => {
  writeFileSync(join(directory, 'index.html'), '<p>home</p>');
  writeFileSync(join(directory, 'app.js'), 'let a');
  await start({ server: { staticDir: directory, pathPrefix: '/desk' } });
  const get = (path: string, headers = {}) => harness.http('GET', path, { headers });
  expect(await (await get('/desk/')).text()).toBe('<p>home</p>');
  expect((await get('/desk')).headers.get('location')).toBe('desk/');
  expect((await get('/desk/index.html')).headers.get('location')).toBe('./');
  const part = await get('/desk/app.js', { range: 'bytes=0-2' });
  expect([part.status, await part.text()]).toEqual([206, 'let']);
  const head = await harness.http('HEAD', '/desk/app.js');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
  for (const path of ['/', '/app.js', '/desk/none', '/desk/..%2f..%2fetc%2fpasswd', '/desk/%00'])
    expect((await get(path)).status, path).toBe(404);
});

test('LD4 what does not run of picture and sound is told to admins alone', async () => {
  await start();
  const [admin, user] = [await harness.login('admin'), await harness.login('user')];
  expect((await harness.http('GET', '/api/room/capture', { token: user.token })).status).toBe(403);
  const answer = await harness.http('GET', '/api/room/capture', { token: admin.token });
  expect(await answer.json()).toEqual({ problems: [{ about: 'low', reason: 'no element "x264enc"' }] });
});

test('readiness tells why a viewer would get no picture, liveness is something else', async () => {
  await start();
  harness.noPicture = 'the X server does not answer';
  const [ready, live] = await Promise.all([harness.http('GET', '/health'), harness.http('GET', '/health/live')]);
  expect([ready.status, await ready.text()]).toEqual([503, 'the X server does not answer']);
  expect([live.status, await live.text()]).toEqual([200, 'true']);
  harness.noPicture = undefined;
  expect((await harness.http('GET', '/health')).status).toBe(200);
});

test("sessions survive a restart in neko's file, host and settings do not", async () => {
  const file = join(directory, 'sessions.json');
  await start({ session: { file } });
  const admin = await harness.login('admin');
  await harness.http('POST', '/api/profile', { token: admin.token, body: { name: 'Kept' } });
  await harness.http('POST', '/api/room/control/take', { token: admin.token });
  await harness.close();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ Id: admin.id, Token: admin.token, Profile: { name: 'Kept' } }]);
  await start({ session: { file } });
  const me = await (await harness.http('GET', '/api/whoami', { token: admin.token })).json();
  expect(me).toMatchObject({ id: admin.id, profile: { name: 'Kept' }, state: { is_connected: false } });
  expect(await (await harness.http('GET', '/api/room/control', { token: admin.token })).json()).toEqual({ has_host: false });
});

test.each(['{broken', '{}'])('a session file that holds %s is set aside, and so said', async (content) => {
  const file = join(directory, 'broken.json');
  writeFileSync(file, content);
  await start({ session: { file } });
  expect(harness.logged.some((line) => line.startsWith('error session file cannot be read: it was set aside'))).toBe(true);
  const aside = readdirSync(directory).filter((name) => name.startsWith('broken.json.broken-'));
  expect(aside.map((name) => readFileSync(join(directory, name), 'utf8'))).toContain(content);
  expect((await harness.login('admin')).id).toMatch(/^admin-/);
});

test('an entry of the session file that is no session is named, skipped and kept', async () => {
  const file = join(directory, 'mixed.json');
  const odd = { Id: 5, Note: 'by hand' };
  writeFileSync(
    file,
    `\uFEFF${JSON.stringify([odd, { Id: 'x'.repeat(257), Token: 't', Profile: {} }, { Id: 'ghost', Token: 'T'.repeat(64), Profile: { can_login: true } }])}`,
  );
  await start({ session: { file } });
  expect((await harness.http('GET', '/api/whoami', { token: 'T'.repeat(64) })).status).toBe(200);
  expect(harness.logged.filter((line) => line.includes('no session'))).toEqual([
    expect.stringContaining('"entry":1'),
    expect.stringMatching(/"entry":2.*its id is longer than 256 characters/),
  ]);
  await harness.login('admin');
  const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(saved).toMatchObject([{ Id: 'ghost' }, { Id: expect.stringMatching(/^admin/) }, odd]);
});
