import { expect, test } from 'vitest';
import type { MemberConfig } from '../../../server/config/config.js';
import { NO_RIGHTS } from '../../../server/config/forms/structure-forms.js';
import { systemClock } from '../../../server/lib/clock.js';
import type { Log } from '../../../server/lib/log.js';
import { readAccounts, writeAccounts } from '../../../server/members/account-entries.js';
import { createMembers } from '../../../server/members/create-members.js';
import { freshMemberId } from '../../../server/members/member-id.js';
import type { MemberProvider } from '../../../server/members/provider.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

async function members(config: Partial<MemberConfig>) {
  const base: MemberConfig = {
    provider: 'multiuser',
    file: { path: undefined, hash: true },
    object: { users: [] },
    multiuser: { userPassword: 'user', adminPassword: 'boss', userProfile: {}, adminProfile: {} },
  };
  const made = await createMembers({ ...base, ...config }, undefined, { log: SILENT, clock: systemClock });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

test('MB1 the password decides the role, names may repeat or be empty', async () => {
  const { provider, generated } = await members({});
  expect(generated).toEqual({});
  const user = await provider.authenticate('ann', 'user');
  const again = await provider.authenticate('ann', 'user');
  const admin = await provider.authenticate('', 'boss');
  if (!user.ok || !again.ok || !admin.ok) throw new Error('refused');
  expect(user.value.id).toMatch(/^ann-[a-z0-9]{5}$/);
  expect(again.value.id).not.toBe(user.value.id);
  expect(user.value.profile).toEqual({ ...NEW_MEMBER_PROFILE, name: 'ann', can_see_inactive_cursors: false });
  expect(admin.value.profile).toEqual({ ...NEW_MEMBER_PROFILE, is_admin: true });
});

test.each(['', 'use', 'user ', 'USER', 'neko', 'admin'])('multiuser refuses the password %j', async (password) => {
  expect(await (await members({})).provider.authenticate('ann', password)).toEqual({ ok: false, error: 'wrong-credentials' });
});

test('MB2 configured fields are laid over the template, and no two members share an object', async () => {
  const userProfile = { name: 'Guest', can_host: false, plugins: { 'chat.can_send': false } };
  const { provider } = await members({
    multiuser: { userPassword: 'same', adminPassword: 'boss', userProfile, adminProfile: {} },
  });
  const first = await provider.authenticate('a', 'same');
  const second = await provider.authenticate('b', 'same');
  if (!first.ok || !second.ok) throw new Error('refused');
  expect(first.value.profile).toMatchObject({
    name: 'Guest',
    can_host: false,
    can_watch: true,
    plugins: { 'chat.can_send': false },
  });
  expect(first.value.profile.plugins).not.toBe(second.value.profile.plugins);
  expect(first.value.profile.plugins).not.toBe(userProfile.plugins);
});

test('MB1 equal passwords make everyone an admin', async () => {
  const both = { userPassword: 'same', adminPassword: 'same', userProfile: {}, adminProfile: {} };
  expect(await (await members({ multiuser: both })).provider.authenticate('a', 'same')).toMatchObject({
    value: { profile: { is_admin: true } },
  });
});

test('multiuser and noauth keep no members', async () => {
  for (const config of [{}, { provider: 'noauth' } as const]) {
    const { provider } = await members(config);
    expect(await provider.list(0, 0)).toEqual({ ok: true, value: [] });
    expect(await provider.insert('a', 'b', NEW_MEMBER_PROFILE)).toEqual({ ok: false, error: 'unsupported' });
    expect(await provider.select('a')).toEqual({ ok: false, error: 'unsupported' });
    expect(await provider.updateProfile('a', NEW_MEMBER_PROFILE)).toEqual({ ok: false, error: 'unsupported' });
    expect(await provider.updatePassword('a', 'b')).toEqual({ ok: false, error: 'unsupported' });
    expect(await provider.delete('a')).toEqual({ ok: false, error: 'unsupported' });
  }
});

test('MB3 everyone is an admin', async () => {
  const member = await (await members({ provider: 'noauth' })).provider.authenticate('ann', 'anything');
  expect(member).toMatchObject({ value: { profile: { ...NEW_MEMBER_PROFILE, is_admin: true, name: 'ann' } } });
});

test('MB4 accounts as configured, changed in memory', async () => {
  const users = [{ username: 'ann', password: 'one', profile: { ...NO_RIGHTS, can_login: true } }];
  const { provider } = await members({ provider: 'object', object: { users } });
  expect(await provider.authenticate('ann', 'one')).toEqual({
    ok: true,
    value: { id: 'ann', profile: { ...NO_RIGHTS, can_login: true }, credential: expect.any(String) },
  });
  for (const [name, password] of [
    ['ann', 'two'],
    ['ann', ''],
    ['bob', 'one'],
    ['__proto__', ''],
  ] as const) {
    expect(await provider.authenticate(name, password)).toEqual({ ok: false, error: 'wrong-credentials' });
  }
  expect(await provider.insert('ann', 'x', NO_RIGHTS)).toEqual({ ok: false, error: 'exists' });
  expect((await provider.insert('bob', 'x', NEW_MEMBER_PROFILE)).ok).toBe(true);
  expect(await provider.updatePassword('bob', 'y')).toMatchObject({ ok: true });
  expect((await provider.authenticate('bob', 'x')).ok).toBe(false);
  expect((await provider.authenticate('bob', 'y')).ok).toBe(true);
  expect(await provider.updateProfile('bob', NO_RIGHTS)).toMatchObject({ ok: true });
  expect(await provider.select('bob')).toEqual({ ok: true, value: NO_RIGHTS });
  expect(await provider.list(1, 1)).toEqual({ ok: true, value: [{ id: 'bob', profile: NO_RIGHTS }] });
  expect(await provider.delete('bob')).toMatchObject({ ok: true });
  for (const gone of [provider.select('bob'), provider.delete('bob'), provider.updatePassword('bob', 'z')]) {
    expect(await gone).toEqual({ ok: false, error: 'not-found' });
  }
});

test('credentials: one for each password that counts, another after it changed, none for who is not there', async () => {
  const credentials = async (provider: MemberProvider, id: string) => {
    const read = await provider.credentials([id]);
    return read.ok ? read.value.get(id) : read.error;
  };
  const login = async (provider: MemberProvider, username: string, password: string) => {
    const member = await provider.authenticate(username, password);
    return member.ok ? member.value.credential : member.error;
  };
  const two = (await members({})).provider;
  expect(await credentials(two, 'anybody')).toEqual([await login(two, 'a', 'user'), await login(two, 'b', 'boss')]);
  const users = [{ username: 'ann', password: 'one', profile: NO_RIGHTS }];
  const listed = (await members({ provider: 'object', object: { users } })).provider;
  const before = await credentials(listed, 'ann');
  expect(before).toEqual([await login(listed, 'ann', 'one')]);
  await listed.updatePassword('ann', 'two');
  expect(await credentials(listed, 'ann')).toEqual([await login(listed, 'ann', 'two')]);
  expect(await credentials(listed, 'ann')).not.toEqual(before);
  expect(await credentials(listed, 'nobody')).toBeUndefined();
  const open = (await members({ provider: 'noauth' })).provider;
  expect(await credentials(open, 'x')).toEqual([await login(open, 'x', 'anything')]);
});

test.each(['ann', '', '\ud800evil', 'evil\udc00', 'a\nb', '😀'.repeat(128), 'x'.repeat(5_000), '%2F/../?#', '\u200b'])(
  'the id made of the name %j is well formed, short enough, and comes back out of a path',
  (name) => {
    const id = freshMemberId(name);
    expect(id).toMatch(/-[a-z0-9]{5}$/);
    expect(id.length).toBeLessThanOrEqual(256);
    expect(decodeURIComponent(encodeURIComponent(id))).toBe(id);
  },
);

test('MB5 an entry whose name nobody could see or name is passed over and stays; its like in a profile is none', () => {
  const entry = { password: 'x', profile: { can_login: true } };
  const ann = { password: 'x', profile: { name: '\ud800\u200b' } };
  const read = readAccounts(JSON.stringify({ '\ud800evil': entry, ' ': entry, '': entry, '..': entry, ann }));
  if (!read.ok) throw new Error(read.error);
  expect([...read.value.accounts].map(([name, { profile }]) => [name, profile.name])).toEqual([['ann', '']]);
  expect([...read.value.broken.keys()]).toEqual(['\ud800evil', ' ', '', '..']);
  const written: unknown = JSON.parse(writeAccounts(read.value, read.value.accounts));
  expect(written).toEqual({ '\ud800evil': entry, ' ': entry, '': entry, '..': entry, ann });
});
