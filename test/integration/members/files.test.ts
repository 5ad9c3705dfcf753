import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { NO_RIGHTS } from '../../../server/config/forms/structure-forms.js';
import type { Log } from '../../../server/lib/log.js';
import { FileStore } from '../../../server/members/file-store.js';
import { generatedPasswords, passwordFile } from '../../../server/members/passwords/generated-passwords.js';
import { StoredMembers } from '../../../server/members/stored-members.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { canMount, smallDisk } from '../../support/faults/small-disk.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { waitFor } from '../../support/wait-for.js';

let dir = '';
let reported: string[] = [];
const report = (_fields: object, message: string): void => void reported.push(message);
const log: Log = { debug: report, info: report, warn: report, error: report };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'members-'));
  reported = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function fileMembers(hash = true) {
  const path = join(dir, 'members.json');
  return { path, provider: new StoredMembers(new FileStore({ path, hash }, log)) };
}

test('MB5 made empty when missing, readable for its owner alone', async () => {
  const { path, provider } = fileMembers();
  const answers = await Promise.all([provider.authenticate('ann', 'x'), provider.authenticate('ann', '')]);
  expect(answers).toEqual([
    { ok: false, error: 'wrong-credentials' },
    { ok: false, error: 'wrong-credentials' },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await provider.list(0, 0)).toEqual({ ok: true, value: [] });
});

test('MB5, MB7 passwords are base64 of SHA-256, flags that are missing are false, a hand edit counts at once', async () => {
  const { path, provider } = fileMembers();
  // SHA-256 of "test", base64.
  const password = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
  writeFileSync(path, JSON.stringify({ ann: { password, profile: { can_login: true } } }));
  expect(await provider.authenticate('ann', 'test')).toEqual({
    ok: true,
    value: { id: 'ann', profile: { ...NO_RIGHTS, can_login: true }, credential: expect.any(String) },
  });
  writeFileSync(path, '{}');
  expect(await provider.authenticate('ann', 'test')).toEqual({ ok: false, error: 'wrong-credentials' });
});

test('changes at the same time are all kept', async () => {
  const { path, provider } = fileMembers(false);
  const names = Array.from({ length: 20 }, (_, index) => `user${index}`);
  await Promise.all(names.map((name) => provider.insert(name, `pw-${name}`, NEW_MEMBER_PROFILE)));
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  expect(Object.keys(content ?? {})).toEqual(names);
  expect(content).toMatchObject({ user3: { password: 'pw-user3', profile: NEW_MEMBER_PROFILE } });
  expect((await provider.authenticate('user3', 'pw-user3')).ok).toBe(true);
});

test.each(['{\n  "ann": {"password": "x"},\n  bob: {}\n}', '[]'])(
  'MB6 with the content %s every call fails, the file stays, and its place is said once',
  async (content) => {
    const { path, provider } = fileMembers();
    writeFileSync(path, content);
    expect(await provider.authenticate('ann', 'x')).toEqual({ ok: false, error: 'failed' });
    expect(await provider.insert('bob', 'x', NO_RIGHTS)).toEqual({ ok: false, error: 'failed' });
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(reported).toEqual(['member file cannot be read']);
    expect(await new FileStore({ path, hash: true }, log).open()).toMatchObject({
      ok: false,
      error: expect.stringMatching(content === '[]' ? /not an object of accounts/ : /members\.json.*line 3, column 3/),
    });
  },
);

test('a member file with a byte-order mark is read', async () => {
  const { path, provider } = fileMembers(false);
  writeFileSync(path, '\uFEFF{"ann":{"password":"x","profile":{"can_login":true}}}');
  expect((await provider.authenticate('ann', 'x')).ok).toBe(true);
});

test('entries that are no accounts are named once and skipped, and a change leaves them as they are', async () => {
  const { path, provider } = fileMembers(false);
  const broken = { none: {}, odd: { password: 'x', profile: { can_host: 'perhaps' } }, 7: 'text' };
  const kept = { password: 'x', profile: { can_login: true }, comment: 'kept as it is' };
  writeFileSync(path, JSON.stringify({ ...broken, ann: kept, bob: kept }));
  expect((await provider.authenticate('ann', 'x')).ok).toBe(true);
  expect(reported).toEqual(Array(3).fill('this member cannot sign in, its entry in the member file is broken'));
  expect((await provider.updatePassword('bob', 'y')).ok).toBe(true);
  expect((await provider.insert('eve', 'z', NO_RIGHTS)).ok).toBe(true);
  expect(await provider.insert('odd', 'z', NO_RIGHTS)).toEqual({ ok: false, error: 'exists' });
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  expect(content).toMatchObject({ ...broken, ann: kept, bob: { password: 'y' }, eve: { password: 'z' } });
  expect(reported).toHaveLength(3);
});

test("neko's hash gives way to scrypt's at the next right login, and only then", async () => {
  const { path, provider } = fileMembers();
  const nekos = { password: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', profile: { can_login: true } };
  writeFileSync(path, JSON.stringify({ ann: nekos, bob: nekos }));
  expect((await provider.authenticate('ann', 'wrong')).ok).toBe(false);
  expect((await provider.authenticate('ann', 'test')).ok).toBe(true);
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  expect(content).toMatchObject({ ann: { password: expect.stringMatching(/^\$scrypt\$/) }, bob: nekos });
  expect((await provider.authenticate('ann', 'test')).ok).toBe(true);
  expect((await provider.authenticate('ann', 'wrong')).ok).toBe(false);
});

test.runIf(canMount)('a full disk refuses the change, empties nothing, and everybody still signs in', async () => {
  const disk = smallDisk();
  onTestFinished(() => disk.remove());
  const path = join(disk.path, 'members.json');
  const provider = new StoredMembers(new FileStore({ path, hash: true }, log));
  const nekos = { password: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', profile: { can_login: true } };
  writeFileSync(path, JSON.stringify({ ann: nekos }));
  disk.fill();
  for (const name of ['bob', 'eve'])
    expect(await provider.insert(name, 'x', NEW_MEMBER_PROFILE)).toEqual({ ok: false, error: 'failed' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ann: nekos });
  expect((await provider.authenticate('ann', 'test')).ok).toBe(true);
  expect(reported).toEqual(['member file cannot be written, the change is refused']);
  disk.free();
  expect((await provider.insert('bob', 'x', NEW_MEMBER_PROFILE)).ok).toBe(true);
  expect(reported.at(-1)).toBe('file works again');
});

const generated = async (roles: readonly ('user' | 'admin')[], session?: string) =>
  (await generatedPasswords(roles, session, { log, clock: new SteppedClock() })).passwords;

test('generated passwords are readable, differ, and stay with the session file', async () => {
  const session = join(dir, 'sessions.json');
  const first = await generated(['user', 'admin'], session);
  expect(first.user).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
  expect(first.admin).not.toBe(first.user);
  expect(await generated(['user', 'admin'], session)).toEqual(first);
  expect(await generated(['admin'], session)).toEqual({ admin: first.admin });
  expect(statSync(passwordFile(session)).mode & 0o777).toBe(0o600);
  expect(await generated(['user', 'admin'])).not.toEqual(first);
  expect(reported).toEqual([]);
});

test('a broken file of generated passwords is set aside and replaced', async () => {
  const session = join(dir, 'sessions.json');
  writeFileSync(passwordFile(session), '{"user": "half');
  const passwords = await generated(['user'], session);
  expect(reported).toEqual(['generated passwords cannot be read: the file was set aside, and new ones are made']);
  const aside = readdirSync(dir).filter((name) => name.includes('.broken-'));
  expect(aside.map((name) => readFileSync(join(dir, name), 'utf8'))).toEqual(['{"user": "half']);
  expect(await generated(['user'], session)).toEqual(passwords);
});

test.runIf(canMount)('generated passwords that a full disk refuses are tried again, and a last time at the end', async () => {
  for (const atTheEnd of [false, true]) {
    const disk = smallDisk();
    onTestFinished(() => disk.remove());
    const session = join(disk.path, 'sessions.json');
    const clock = new SteppedClock();
    disk.fill();
    const kept = await generatedPasswords(['user'], session, { log, clock });
    expect(reported.at(-1)).toContain('generated passwords cannot be written');
    disk.free();
    if (atTheEnd) await kept.close();
    else clock.advance(1_000);
    await waitFor('the passwords', () => existsSync(passwordFile(session)));
    expect(JSON.parse(readFileSync(passwordFile(session), 'utf8'))).toEqual(kept.passwords);
  }
});
