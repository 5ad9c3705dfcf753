import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../server/lib/clock.js';
import { MemoryStore } from '../../../server/members/memory-store.js';
import { MultiuserMembers } from '../../../server/members/multiuser.js';
import { StoredMembers } from '../../../server/members/stored-members.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/profile.js';
import { markKeyFile } from '../../../server/signaling/password-marks.js';
import { ENDLESS } from '../../support/sessions.js';
import { Harness, type Login, type Overrides } from './harness.js';

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
  await start({ clock, session: { rules: { ...ENDLESS, lifetimeMs: 60_000 } } });
  const user = await harness.join('user');
  clock.advance(60_000 - 1);
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
  const saved = readFileSync(file, 'utf8');
  for (const secret of ['"boss"', 'changed']) expect(saved.replaceAll('"name": "boss"', '')).not.toContain(secret);
  expect(statSync(markKeyFile(file)).mode & 0o777).toBe(0o600);
});
