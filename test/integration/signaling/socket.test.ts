import { afterEach, expect, test } from 'vitest';
import { Harness, type Overrides } from './support/harness.js';

let harness: Harness;
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
  return harness;
};
afterEach(() => harness.close());

test.each([
  ['no token', '', {}, 'no authentication provided'],
  ['an unknown token', '?token=nonsense', {}, 'session not found'],
  ['the API token', '?token=secret-api-token', {}, 'connection disabled'],
  ['a header that wins over the query', '?token=secret-api-token', { authorization: 'Bearer other' }, 'session not found'],
])('turned away after the upgrade: %s', async (_name, query, headers, message) => {
  await start({ session: { apiToken: 'secret-api-token' } });
  const client = harness.socket(query, headers);
  expect(await client.closed()).toBe(1008);
  expect(client.received).toEqual([{ event: 'system/disconnect', payload: { message } }]);
});

test.each([
  ['none, as bots have', undefined, [], 101],
  ['our own', 'own', [], 101],
  ['our own host behind TLS', 'https', [], 101],
  ['another', 'https://evil.example', [], 400],
  ['null', 'null', [], 400],
  ['one on the CORS list', 'https://a.example', ['https://a.example'], 101],
  ['none of the list', 'https://b.example', ['https://a.example'], 400],
  ['any', 'https://b.example', ['*'], 101],
])('an Origin that is %s', async (_name, origin, cors, status) => {
  await start({ server: { cors } });
  const own = origin === 'own' ? harness.base : origin === 'https' ? harness.base.replace('http:', 'https:') : origin;
  const client = harness.socket('', own === undefined ? {} : { origin: own });
  if (status === 400) expect(await client.until(() => client.status ?? undefined, 'refusal')).toBe(400);
  else expect(await client.seen('system/disconnect')).toEqual({ message: 'no authentication provided' });
});

test('a greeting in order, truthful about what there is', async () => {
  await start();
  const admin = await harness.join('admin');
  const greetings = ['chat/init', 'filetransfer/update', 'openinapp/init'];
  await admin.until(() => greetings.every((event) => admin.events.includes(event)) || undefined, 'greetings');
  expect(admin.events).toEqual(['system/init', 'system/admin', 'session/state', ...greetings]);
  expect(await admin.seen('chat/init')).toEqual({ enabled: false });
  expect(await admin.seen('system/init')).toMatchObject({
    session_id: admin.id,
    control_host: { id: '', has_host: false },
    screen_size: { width: 1280, height: 720, rate: 30 },
    touch_events: true,
    screencast_enabled: false,
    webrtc: { videos: ['main'] },
  });
});

const BAD_FRAMES = [
  '',
  '{nope',
  'null',
  '[1]',
  '"control/request"',
  '{"payload":{}}',
  '{"event":5}',
  '{"event":"session/watch","payload":{}}',
  '{"event":"__proto__"}',
  '{"event":"system/init","payload":{}}',
  '{"event":"control/move","payload":{"x":"1"}}',
  '{"event":"control/move","payload":[1,2]}',
  '{"event":"control/move"}',
  '{"event":"control/buttondown","payload":{"code":-1}}',
  '{"event":"control/touchbegin","payload":{"touch_id":1}}',
  '{"event":"signal/request","payload":{"video":"main"}}',
  '{"event":"signal/request"}',
  '{"event":"signal/answer","payload":{"sdp":"v=0"}}',
  '{"event":"keyboard/map","payload":{"layout":1}}',
  `{"event":"send/unicast","payload":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
];

test('malformed messages of every kind: no answer, the connection stays, the others notice nothing, the log tells', async () => {
  await start();
  const [bad, other] = [await harness.join('user', 'bad'), await harness.join('user', 'other')];
  await bad.settle();
  await other.settle();
  const [before, beforeOther] = [bad.received.length, other.received.length];
  for (const frame of BAD_FRAMES) bad.socket.send(frame);
  bad.socket.send(Buffer.from([0xff, 0xfe, 0x00]), { binary: true });
  await bad.settle();
  await other.settle();
  expect(bad.received.slice(before).map(({ event }) => event)).toEqual(['send/unicast']);
  expect(other.received.slice(beforeOther).map(({ event }) => event)).toEqual(['send/unicast']);
  expect(harness.desktop.said).toEqual([]);
  const complaints = harness.logged.filter((line) => line.includes('bad message'));
  expect(complaints[0]).toContain(bad.id);
  expect(complaints.length).toBeGreaterThan(5);
  expect(complaints.length).toBeLessThan(14);
});

test('a broken frame ends only the socket it came over', async () => {
  await start();
  const [bad, other] = [await harness.join('user', 'bad'), await harness.join('user', 'other')];
  // An unmasked frame with reserved bits, written past the client library.
  Reflect.get(bad.socket, '_socket').write(Buffer.from([0xf1, 0x01, 0x41]));
  await bad.closed();
  await other.settle();
  expect(other.closeCode).toBeNull();
});

test('messages of one socket are worked on in order, also behind one that takes time', async () => {
  await start();
  const user = await harness.join('user');
  user.send('control/request');
  user.send('keyboard/modifiers', { shift: true });
  user.send('control/keypress', { keysym: 0x61 });
  user.send('control/paste', { text: 'pasted' });
  user.send('control/keydown', { keysym: 0x62 });
  await user.settle();
  expect(harness.desktop.said).toEqual([
    'modifiers {"shift":true}',
    'keyPress 97',
    'clipboard pasted',
    'keyPress 65507 118',
    'keyDown 98',
  ]);
});

test('input takes control and is then carried out; without control nothing reaches the desktop', async () => {
  await start();
  const [user, other] = [await harness.join('user', 'one'), await harness.join('user', 'two')];
  user.send('control/buttondown', { code: 1, x: 5_000 });
  other.send('control/keypress', { keysym: 0x61 });
  other.send('clipboard/set', { text: 'no' });
  other.send('keyboard/map', { layout: 'fr', variant: '' });
  other.send('screen/set', { width: 800, height: 600, rate: 30 });
  await user.settle();
  await other.settle();
  expect(harness.desktop.said).toEqual(['move 1279 0', 'buttonDown 1']);
  expect(await user.seen('control/request')).toEqual({ id: other.id });
  expect([harness.desktop.keymap.layout, harness.desktop.size.width]).toEqual(['us', 1280]);
});

test('a copied text goes to the host alone, and only if it may have it', async () => {
  await start();
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  user.send('control/request');
  await user.seen('control/host');
  harness.desktop.copy({ text: 'for the host' });
  expect(await user.seen('clipboard/updated')).toEqual({ text: 'for the host' });
  await harness.http('POST', `/api/members/${user.id}`, { token: admin.token, body: { can_access_clipboard: false } });
  harness.desktop.copy({ text: 'not any more' });
  await user.settle();
  await admin.settle();
  expect(user.events.filter((event) => event === 'clipboard/updated')).toHaveLength(1);
  expect(admin.events).not.toContain('clipboard/updated');
});

test('a screen is set in multiples of 8, and everybody is told what was applied', async () => {
  await start();
  const [admin, user] = [await harness.join('admin'), await harness.join('user')];
  admin.send('screen/set', { width: 1103, height: 701, rate: 0 });
  expect(await user.seen('screen/updated')).toEqual({ id: admin.id, width: 1096, height: 701, rate: 60 });
});

test('a second socket goes on where the first was; the first is told why', async () => {
  await start();
  const user = await harness.join('user');
  user.send('signal/request', {});
  await user.seen('signal/provide');
  const second = await harness.enter(user);
  expect(await user.seen('system/disconnect')).toEqual({ message: 'connection replaced' });
  await user.closed();
  second.send('signal/video', { disabled: true });
  expect(await second.seen('signal/video')).toMatchObject({ disabled: true });
});

test('at the end every client is told and let go', async () => {
  await start();
  const user = await harness.join('user');
  await harness.close();
  expect(await user.seen('system/disconnect')).toEqual({ message: 'connection shutdown' });
  expect(await user.closed()).toBe(1001);
});
