import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../server/lib/clock.js';
import { err } from '../../../server/lib/result.js';
import { MemoryStore } from '../../../server/members/memory-store.js';
import { MultiuserMembers } from '../../../server/members/multiuser.js';
import { type Store, StoredMembers } from '../../../server/members/stored-members.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { notesFileOf } from '../../../server/room/store/session-notes.js';
import type { MemberPort } from '../../../server/signaling/ports.js';
import { ENDLESS } from '../../support/sessions.js';
import { waitFor } from '../../support/wait-for.js';
import { USER_PASSWORD } from './support/fake-members.js';
import { Harness, type Login, type Overrides } from './support/harness.js';

let harness: Harness;
let directory = '';
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sessions-'));
});
afterEach(async () => {
  await harness.close();
  rmSync(directory, { recursive: true });
});

/** A clock that stands until the test moves it; timers fire as it passes them. */
function steppedClock(): Clock & { advance(ms: number): void } {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly action: () => void }>();
  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      const timer = { atMs: nowMs + delayMs, action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers.delete(next);
        nowMs = next.atMs;
        next.action();
      }
      nowMs = untilMs;
    },
  };
}

const profile = (is_admin: boolean) => ({ ...NEW_MEMBER_PROFILE, is_admin });
const listed = () =>
  new StoredMembers(
    new MemoryStore([
      { username: 'root', password: 'rootpw', profile: profile(true) },
      { username: 'bob', password: 'bobpw', profile: profile(false) },
    ]),
  );
const twoPasswords = (userPassword: string) =>
  new MultiuserMembers({ userPassword, adminPassword: 'boss', userProfile: {}, adminProfile: {} });

async function login(username: string, password: string): Promise<Login & { readonly status: number }> {
  const response = await harness.http('POST', '/api/login', { body: { username, password } });
  return { ...JSON.parse(await response.text()), status: response.status };
}
const whoami = async (token: string) => (await harness.http('GET', '/api/whoami', { token })).status;

test.each(['\ud800evil', 'evil\udc00', ' ', '\u200b', '\u3164\u2800', 'x'.repeat(129)])(
  'the name %j is refused wherever one comes in, with a message that says what a name is',
  async (name) => {
    await start({ members: listed() });
    const { token } = await login('root', 'rootpw');
    const wrong = [
      ['/api/login', { username: name, password: 'bobpw' }],
      ['/api/profile', { name }],
      ['/api/members', { username: name, password: 'x' }],
      ['/api/members', { username: 'new', password: 'x', profile: { name } }],
      ['/api/members/bob', { name }],
      ['/api/members_bulk/update', { ids: ['bob'], profile: { name } }],
    ] as const;
    for (const [path, body] of wrong) {
      const answer = await harness.http('POST', path, { token, body });
      const message = expect.stringMatching(/^a name is one line of at most 128 characters/);
      expect([answer.status, await answer.json()]).toEqual([400, { code: 400, message }]);
    }
    const list: { id: string }[] = JSON.parse(await (await harness.http('GET', '/api/members', { token })).text());
    expect(list.map(({ id }) => id)).toEqual(['root', 'bob']);
  },
);

test.each(['', 'ann', '-', 'a/b', '../..', '%41%', '%2F', '?x#y', 'Ève 中文', '\u200b😀', '😀'.repeat(128), '+ &'])(
  'a guest called %j can be looked at, disconnected, banned and deleted by the id that the list shows',
  async (name) => {
    await start({ members: twoPasswords('guest') });
    const { token } = await login('root', 'boss');
    const guest = await login(name, 'guest');
    const path = `/api/sessions/${encodeURIComponent(guest.id)}`;
    const status = async (method: string, below = '') => (await harness.http(method, path + below, { token })).status;
    expect(await status('GET')).toBe(200);
    expect(await status('POST', '/disconnect')).toBe(204);
    expect(await status('POST', '/ban')).toBe(200);
    expect(await whoami(guest.token)).toBe(401);
    const another = await harness.http('POST', '/api/bans', { token, body: { member: guest.id } });
    expect(another.status).toBe(200);
  },
);

test('a changed password ends the session that the old one opened, with socket, control and peer', async () => {
  await start({ members: listed() });
  const root = await login('root', 'rootpw');
  const bob = await harness.enter(await login('bob', 'bobpw'));
  bob.send('control/request');
  await bob.seen('control/host', (payload) => JSON.stringify(payload).includes('"has_host":true'));
  const changed = await harness.http('POST', '/api/members/bob/password', { token: root.token, body: { password: 'new' } });
  expect(changed.status).toBe(204);
  expect(await bob.seen('system/disconnect')).toEqual({ message: 'session deleted' });
  expect(await bob.closed()).toBe(1008);
  expect(await whoami(bob.token)).toBe(401);
  const control = await harness.http('GET', '/api/room/control', { token: root.token });
  expect(await control.json()).toEqual({ has_host: false });
  expect((await login('bob', 'bobpw')).status).toBe(401);
  expect((await login('bob', 'new')).status).toBe(200);
});

test('a password that could not be changed ends nothing', async () => {
  await start({ members: listed() });
  const root = await login('root', 'rootpw');
  const bob = await login('bob', 'bobpw');
  const body = { password: 'new' };
  expect((await harness.http('POST', '/api/members/nobody/password', { token: root.token, body })).status).toBe(404);
  expect(await whoami(bob.token)).toBe(200);
});

test('while the member store fails, no session changes; two changes at a time are both kept afterwards', async () => {
  const store = new MemoryStore([
    { username: 'root', password: 'rootpw', profile: profile(true) },
    { username: 'bob', password: 'bobpw', profile: profile(false) },
  ]);
  let isDiskFull = true;
  const failing: Store = {
    passwords: store.passwords,
    read: () => store.read(),
    change: async (change) => (isDiskFull ? err('failed') : store.change(change)),
  };
  await start({ members: new StoredMembers(failing) });
  const { token } = await login('root', 'rootpw');
  const bob = await harness.enter(await login('bob', 'bobpw'));
  const post = async (path: string, body: object) => (await harness.http('POST', path, { token, body })).status;
  const profileOfBob = async () => JSON.parse(await (await harness.http('GET', '/api/members/bob', { token })).text());
  const before = await profileOfBob();
  expect(await post('/api/members/bob', { is_admin: true })).toBe(500);
  expect(await post('/api/members_bulk/update', { ids: ['bob'], profile: { is_admin: true } })).toBe(500);
  expect(await post('/api/members/bob/password', { password: 'new' })).toBe(500);
  expect(await post('/api/members_bulk/delete', { ids: ['bob'] })).toBe(500);
  expect((await harness.http('DELETE', '/api/members/bob', { token })).status).toBe(500);
  expect([await profileOfBob(), await whoami(bob.token), bob.closeCode]).toEqual([before, 200, null]);
  isDiskFull = false;
  const changes = [{ can_host: false }, { can_see_inactive_cursors: true }, { sends_inactive_cursor: false }];
  expect(await Promise.all(changes.map((change) => post('/api/members/bob', change)))).toEqual([204, 204, 204]);
  const after = Object.assign({}, before, ...changes);
  expect(await profileOfBob()).toEqual(after);
  expect(JSON.parse(await (await harness.http('GET', '/api/whoami', { token: bob.token })).text()).profile).toEqual(after);
  const stored = await store.read();
  expect(stored.ok && stored.value.get('bob')?.profile).toEqual(after);
  expect((await harness.http('DELETE', '/api/members/bob', { token })).status).toBe(204);
  expect(await bob.closed()).toBe(1008);
});

test('a removed member is out at once, one by one and in bulk', async () => {
  await start({ members: listed() });
  const root = await login('root', 'rootpw');
  const bob = await harness.enter(await login('bob', 'bobpw'));
  await harness.http('POST', '/api/members_bulk/delete', { token: root.token, body: { ids: ['bob'] } });
  expect(await bob.seen('system/disconnect')).toEqual({ message: 'session deleted' });
  expect([await whoami(bob.token), (await login('bob', 'bobpw')).status]).toEqual([401, 401]);
});

test('nobody connected and no request for the idle time: the session is gone; a request in time keeps it', async () => {
  const clock = steppedClock();
  await start({ clock, session: { rules: { ...ENDLESS, idleMs: 60_000 } } });
  const [used, idle] = [await harness.login('user'), await harness.login('user')];
  clock.advance(59_000);
  expect(await whoami(used.token)).toBe(200);
  clock.advance(1_000);
  expect([await whoami(used.token), await whoami(idle.token)]).toEqual([200, 401]);
});

test('the lifetime ends who is connected, and says so', async () => {
  const clock = steppedClock();
  await start({ clock, session: { rules: { ...ENDLESS, lifetimeMs: 20_000 } } });
  const user = await harness.join('user');
  clock.advance(20_000 - 1);
  expect(user.events).not.toContain('system/disconnect');
  clock.advance(1);
  expect(await user.seen('system/disconnect')).toEqual({ message: 'session expired' });
  expect(await whoami(user.token)).toBe(401);
});

test('after a restart with another password only the sessions of the others come back', async () => {
  const file = join(directory, 'sessions.json');
  await start({ members: twoPasswords('user'), session: { file } });
  const [guest, admin] = [await login('ann', 'user'), await login('boss', 'boss')];
  await harness.close();
  await start({ members: twoPasswords('user'), session: { file } });
  expect([await whoami(guest.token), await whoami(admin.token)]).toEqual([200, 200]);
  await harness.close();
  await start({ members: twoPasswords('changed'), session: { file } });
  expect([await whoami(guest.token), await whoami(admin.token)]).toEqual([401, 200]);
  const entries: object[] = JSON.parse(readFileSync(file, 'utf8'));
  for (const entry of entries) expect(Object.keys(entry)).toEqual(['Id', 'Token', 'Profile']);
  const saved = readFileSync(file, 'utf8') + readFileSync(notesFileOf(file), 'utf8');
  for (const secret of ['"boss"', 'changed']) expect(saved.replaceAll('"name": "boss"', '')).not.toContain(secret);
  expect(statSync(notesFileOf(file)).mode & 0o777).toBe(0o600);
});

test('L8 a login that was being checked while the password changed is checked again', async () => {
  const provider = listed();
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  let checks = 0;
  const authenticate: MemberPort['authenticate'] = async (username, password) => {
    const result = await provider.authenticate(username, password);
    if (username === 'bob') checks += 1;
    if (username === 'bob' && checks === 1) await slow;
    return result;
  };
  const members = new Proxy(provider, { get: (target, name) => (name === 'authenticate' ? authenticate : bound(target, name)) });
  await start({ members });
  const root = await login('root', 'rootpw');
  const late = login('bob', 'bobpw');
  await waitFor('the old password being checked', async () => checks === 1);
  await harness.http('POST', '/api/members/bob/password', { token: root.token, body: { password: 'new' } });
  release();
  expect((await late).status).toBe(401);
  expect(checks).toBe(2);
});

function bound(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name);
  return typeof member === 'function' ? member.bind(target) : member;
}

test('a failed login is told with account and address, a flood of them with counts', async () => {
  const clock = steppedClock();
  await start({ clock });
  for (let count = 0; count < 30; count += 1) await login('Mallory', 'wrong');
  const lines = () => harness.logged.filter((line) => line.includes('login refused'));
  expect(lines()).toHaveLength(20);
  expect(lines()[0]).toContain('"account":"Mallory","address":"127.0.0.1"');
  clock.advance(1_000);
  await login('Mallory', 'wrong');
  expect(lines()).toHaveLength(21);
  expect(lines()[20]).toContain('"heldBack":10');
});

test('the right password gets in while others guess, from where it was good before; Retry-After tells when else', async () => {
  const clock = steppedClock();
  await start({ clock, members: listed(), server: { trustedProxies: ['127.0.0.0/8'] } });
  const from = (address: string, password: string) =>
    harness.http('POST', '/api/login', { body: { username: 'root', password }, headers: { 'x-forwarded-for': address } });
  expect((await from('192.0.2.1', 'rootpw')).status).toBe(200);
  for (let count = 0; count < 5; count += 1) await from('192.0.2.1', 'wrong');
  expect((await from('192.0.2.1', 'rootpw')).status).toBe(200);
  for (let count = 0; count < 5; count += 1) await from('198.51.100.7', 'wrong');
  const refused = await from('198.51.100.7', 'rootpw');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const elsewhere = from('203.0.113.9', 'rootpw');
  await waitFor('the delay of an account that is guessed at', async () => {
    clock.advance(2_000);
    return Promise.race([elsewhere.then(({ status }) => status === 200), new Promise<boolean>((r) => setTimeout(r, 20, false))]);
  });
});

test('guesses at the API token are slowed down, at the bound and beyond; sessions and a long token go on', async () => {
  const clock = steppedClock();
  const apiToken = 'a'.repeat(32);
  await start({ clock, session: { apiToken } });
  const user = await harness.login('user');
  const guess = () => whoami(`guess ${Math.random()}`);
  for (let count = 0; count < 100; count += 1) expect(await guess()).toBe(401);
  const refused = await harness.http('GET', '/api/whoami?token=guess');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect([await whoami(user.token), await whoami(apiToken)]).toEqual([200, 200]);
  clock.advance(1_000);
  expect([await guess(), await guess()]).toEqual([401, 429]);
  const socket = harness.socket('?token=yesterday');
  expect(await socket.seen('system/disconnect')).toEqual({ message: 'session not found' });
});

test('a short API token is warned about and is not taken from an address that guesses', async () => {
  const clock = steppedClock();
  const apiToken = 'b'.repeat(31);
  await start({ clock, session: { apiToken } });
  expect(harness.logged.filter((line) => line.includes('session.api_token is short'))).toHaveLength(1);
  expect(harness.logged.join()).not.toContain(apiToken);
  for (let count = 0; count < 100; count += 1) await whoami('guess');
  expect(await whoami(apiToken)).toBe(429);
  clock.advance(1_000);
  expect(await whoami(apiToken)).toBe(200);
  await harness.close();
  await start({ session: { apiToken: 'b'.repeat(32) } });
  expect(harness.logged.filter((line) => line.includes('is short'))).toEqual([]);
});

test('a ban ends the session, keeps member and address out over a restart, and can be lifted', async () => {
  const file = join(directory, 'sessions.json');
  const options = { members: listed(), session: { file } };
  await start(options);
  const root = await login('root', 'rootpw');
  const bob = await harness.enter(await login('bob', 'bobpw'));
  const banned = await harness.http('POST', '/api/sessions/bob/ban', { token: root.token });
  expect(await banned.json()).toMatchObject({ member: 'bob', address: '127.0.0.1', banned_by: 'root' });
  expect(await bob.seen('system/disconnect')).toEqual({ message: 'you are banned' });
  expect([await whoami(bob.token), (await login('bob', 'bobpw')).status]).toEqual([401, 403]);
  await harness.close();
  await start(options);
  expect((await login('bob', 'bobpw')).status).toBe(403);
  const bans = async () => (await harness.http('GET', '/api/bans', { token: root.token })).json();
  const [{ id }] = await bans();
  expect((await harness.http('DELETE', `/api/bans/${id}`, { token: root.token })).status).toBe(204);
  expect([await bans(), (await login('bob', 'bobpw')).status]).toEqual([[], 200]);
});

test('a session that comes from a banned address later is refused at its next request and its socket', async () => {
  await start({ server: { trustedProxies: ['127.0.0.0/8'] } });
  const [admin, user] = [await harness.login('admin'), await harness.login('user')];
  const body = { address: '192.0.2.1' };
  expect((await harness.http('POST', '/api/bans', { token: admin.token, body })).status).toBe(200);
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  const refused = await harness.http('GET', '/api/whoami', { token: user.token, headers });
  expect([refused.status, await refused.json()]).toEqual([403, { code: 403, message: 'you are banned' }]);
  expect((await harness.http('GET', '/api/whoami', { token: admin.token, headers })).status).toBe(200);
  const socket = harness.socket(`?token=${user.token}`, headers);
  expect(await socket.seen('system/disconnect')).toEqual({ message: 'you are banned' });
});

test.each([
  ['nobody', 'POST', '/api/sessions/nobody/ban', undefined, 404],
  ['oneself', 'POST', '/api/sessions/root/ban', undefined, 400],
  ['oneself by name', 'POST', '/api/bans', { member: 'root' }, 400],
  ['nothing', 'POST', '/api/bans', {}, 400],
  ['no address', 'POST', '/api/bans', { address: 'example.org' }, 400],
  ['a ban that is not there', 'DELETE', '/api/bans/x', undefined, 404],
])('a ban of %s is refused', async (_what, method, path, body, status) => {
  await start({ members: listed() });
  const root = await login('root', 'rootpw');
  const bob = await login('bob', 'bobpw');
  expect((await harness.http(method, path, { token: root.token, body })).status).toBe(status);
  expect((await harness.http(method, path, { token: bob.token, body })).status).toBe(403);
  expect((await harness.http(method, path, { body })).status).toBe(401);
});

test('sessions of an address are bounded, connected ones stay, admins come in', async () => {
  await start({ session: { rules: { ...ENDLESS, ofNetwork: 2 } } });
  const first = await harness.join('user');
  const second = await harness.login('user');
  const third = await harness.join('user');
  expect([await whoami(second.token), await whoami(first.token)]).toEqual([401, 200]);
  const refused = await harness.http('POST', '/api/login', { body: { username: 'x', password: USER_PASSWORD } });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
  expect(await refused.json()).toEqual({ code: 429, message: 'too many sessions, try again later' });
  expect((await harness.login('admin')).token).toHaveLength(64);
  expect(third.closeCode).toBeNull();
});
