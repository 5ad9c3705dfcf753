import { afterEach, beforeEach, expect, test } from 'vitest';
import { EVENT_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { type Client, Harness, type Login } from './support/harness.js';

let harness: Harness;
let clock: SteppedClock;
let host: Client & Login;
beforeEach(async () => {
  clock = new SteppedClock();
  harness = await Harness.start({ clock });
  host = await harness.join('admin');
  await ask('POST', '/api/room/control/take');
});
afterEach(() => harness.close());

const ask = (method: string, path: string, body?: object) => harness.http(method, path, { token: host.token, body });

test.each([
  ['POST', '/api/room/clipboard', { text: 'x' }, 'clipboard'],
  ['GET', '/api/room/clipboard', undefined, 'clipboard'],
  ['GET', '/api/room/clipboard/image.png', undefined, 'clipboard'],
  ['POST', '/api/room/keyboard/map', { layout: 'de' }, 'desktop'],
  ['POST', '/api/room/screen', { width: 640, height: 480, rate: 30 }, 'desktop'],
  ['GET', '/api/room/keyboard/map', undefined, 'other'],
  ['GET', '/api/room/keyboard/modifiers', undefined, 'other'],
  ['POST', '/api/room/control/request', undefined, 'seat'],
] as const)(
  '%s %s: as often as the event of its kind, one more is 429 until time has passed',
  async (method, path, body, kind) => {
    const { burst, value } = EVENT_LIMITS[kind];
    const served = await Promise.all(Array.from({ length: burst }, () => ask(method, path, body)));
    expect(served.filter(({ status }) => status === 429)).toEqual([]);
    const refused = await ask(method, path, body);
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      429,
      '1',
      { code: 429, message: `too many requests of this kind (${kind}), try again later` },
    ]);
    expect(harness.logged.join()).toContain('sends too many messages or requests');
    clock.advance(1_000 / value);
    expect((await ask(method, path, body)).status).not.toBe(429);
    expect((await ask(method, path, body)).status).toBe(429);
  },
);

test('requests and events of a session share one allowance; another session has its own; a batch gets round nothing', async () => {
  const { burst } = EVENT_LIMITS.clipboard;
  const set = (text: string) => ({ path: '/api/room/clipboard', method: 'POST', body: { text } });
  const batch = await ask(
    'POST',
    '/api/batch',
    Array.from({ length: burst + 1 }, (_, index) => set(`text ${index}`)),
  );
  const answers: { status: number }[] = JSON.parse(await batch.text());
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: burst }, () => 204), 429]);
  host.send('clipboard/set', { text: 'by event' });
  await host.settle();
  expect(harness.desktop.content).toEqual({ text: `text ${burst - 1}` });
  const other = await harness.login('admin', 'other');
  await harness.http('POST', '/api/room/control/take', { token: other.token });
  expect((await harness.http('POST', '/api/room/clipboard', { token: other.token, body: { text: 'x' } })).status).toBe(204);
});

test('input by events leaves none by requests', async () => {
  for (let sent = 0; sent < EVENT_LIMITS.input.burst; sent += 1) host.send('control/move', { x: 1, y: 1 });
  await host.settle();
  for (const path of ['/api/room/keyboard/modifiers', '/api/room/control/release'])
    expect((await ask('POST', path, { shift: true })).status).toBe(429);
});

test('who may not is told so, however often', async () => {
  const guest = await harness.login('user');
  for (let asked = 0; asked <= EVENT_LIMITS.clipboard.burst; asked += 1)
    expect((await harness.http('GET', '/api/room/clipboard', { token: guest.token })).status).toBe(403);
});
