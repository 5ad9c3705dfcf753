import { afterEach, beforeEach, expect, test } from 'vitest';
import { err, ok } from '../../../server/lib/result.js';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { waitFor } from '../../support/wait-for.js';
import { Harness, type Login } from './support/harness.js';

const PATH = '/api/room/screen/shot.jpg';
const IMAGE = ok(Buffer.from([0xff, 0xd8, 0xff]));
let harness: Harness;
let admin: Login;

beforeEach(async () => {
  harness = await Harness.start();
  admin = await harness.login('admin');
});
afterEach(() => harness.close());

const shot = (token: string | undefined, query = '') => harness.http('GET', PATH + query, token === undefined ? {} : { token });

test('an admin who may watch gets a JPEG that nobody keeps', async () => {
  const answer = await shot(admin.token);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/jpeg');
  expect(answer.headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate');
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0xff, 0xd8, 0xff]);
});

test('nobody else does, and nothing is taken for them', async () => {
  expect((await shot(undefined)).status).toBe(401);
  const user = await harness.login('user');
  const refused = await shot(user.token);
  expect([refused.status, await refused.json()]).toEqual([403, { code: 403, message: 'session is not admin' }]);
  expect(harness.screenshots.qualities).toEqual([]);
});

test.each([
  ['', 90],
  ['?quality=', 90],
  ['?quality=abc', 90],
  ['?quality=1.5', 90],
  ['?quality=-5', 1],
  ['?quality=0', 1],
  ['?quality=37', 37],
  ['?quality=1000', 100],
])('the quality of %s', async (query, quality) => {
  expect((await shot(admin.token, query)).status).toBe(200);
  expect(harness.screenshots.qualities).toEqual([quality]);
});

test('a screen that gives no picture is 500, and the log says why', async () => {
  harness.screenshots.outcome = err('the X server does not answer');
  expect((await shot(admin.token)).status).toBe(500);
  expect(harness.logged.join('\n')).toContain('the X server does not answer');
});

test('as many as the limit may wait, one more is refused with when to try again, and others still get theirs', async () => {
  const limit = HTTP_LIMITS.screenshotsOfSession.value;
  harness.screenshots.outcome = undefined;
  const waiting = Array.from({ length: limit }, () => shot(admin.token));
  await waitFor('the limit', () => harness.screenshots.held.length === limit);
  const refused = await shot(admin.token);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const other = await harness.login('admin', 'other');
  const others = shot(other.token);
  await waitFor('the other admin', () => harness.screenshots.held.length === limit + 1);
  for (const answer of harness.screenshots.held.splice(0)) answer(IMAGE);
  for (const answer of await Promise.all([...waiting, others])) expect(answer.status).toBe(200);
  harness.screenshots.outcome = IMAGE;
  expect((await shot(admin.token)).status).toBe(200);
});

test('beyond what all may wait for it is 503', async () => {
  const { screenshotsInAll, screenshotsOfSession } = HTTP_LIMITS;
  harness.screenshots.outcome = undefined;
  const logins = Array.from({ length: screenshotsInAll.value / screenshotsOfSession.value }, (_, index) =>
    harness.login('admin', `admin ${index}`),
  );
  const waiting = (await Promise.all(logins)).flatMap(({ token }) =>
    Array.from({ length: screenshotsOfSession.value }, () => shot(token)),
  );
  await waitFor('the limit', () => harness.screenshots.held.length === screenshotsInAll.value);
  const refused = await shot(admin.token);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  for (const answer of harness.screenshots.held.splice(0)) answer(IMAGE);
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
});
