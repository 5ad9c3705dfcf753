import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_RIGHTS } from '../../../server/config/structure-forms.js';
import type { Log } from '../../../server/lib/log.js';
import { FileStore } from '../../../server/members/file-store.js';
import { generatedPasswords, passwordFile } from '../../../server/members/generated-passwords.js';
import { StoredMembers } from '../../../server/members/stored-members.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/profile.js';

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

test('model.md 2, file: made empty when missing, readable for its owner alone', async () => {
  const { path, provider } = fileMembers();
  const answers = await Promise.all([provider.authenticate('ann', 'x'), provider.authenticate('ann', '')]);
  expect(answers).toEqual([
    { ok: false, error: 'wrong-credentials' },
    { ok: false, error: 'wrong-credentials' },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await provider.list(0, 0)).toEqual({ ok: true, value: [] });
});

test('model.md 2, file: passwords are base64 of SHA-256, flags that are missing are false, a hand edit counts at once', async () => {
  const { path, provider } = fileMembers();
  // SHA-256 of "test", base64.
  const password = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
  writeFileSync(path, JSON.stringify({ ann: { password, profile: { can_login: true } } }));
  expect(await provider.authenticate('ann', 'test')).toEqual({
    ok: true,
    value: { id: 'ann', profile: { ...NO_RIGHTS, can_login: true } },
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

test.each(['not json', '[]', '{"ann":{"profile":{}}}', '{"ann":{"password":"x","profile":{"can_host":"perhaps"}}}'])(
  'model.md 2, file: with the content %s every call fails and the file stays',
  async (content) => {
    const { path, provider } = fileMembers();
    writeFileSync(path, content);
    expect(await provider.authenticate('ann', 'x')).toEqual({ ok: false, error: 'failed' });
    expect(await provider.insert('bob', 'x', NO_RIGHTS)).toEqual({ ok: false, error: 'failed' });
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(reported).toContain('member file does not work');
  },
);

test('generated passwords are readable, differ, and stay with the session file', () => {
  const session = join(dir, 'sessions.json');
  const first = generatedPasswords(['user', 'admin'], session, log);
  expect(first.user).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
  expect(first.admin).not.toBe(first.user);
  expect(generatedPasswords(['user', 'admin'], session, log)).toEqual(first);
  expect(generatedPasswords(['admin'], session, log)).toEqual({ admin: first.admin });
  expect(statSync(passwordFile(session)).mode & 0o777).toBe(0o600);
  expect(generatedPasswords(['user', 'admin'], undefined, log)).not.toEqual(first);
  expect(reported).toEqual([]);
});

test('a broken file of generated passwords is reported and replaced', () => {
  const session = join(dir, 'sessions.json');
  writeFileSync(passwordFile(session), '{"user": "half');
  const passwords = generatedPasswords(['user'], session, log);
  expect(reported).toEqual(['generated passwords cannot be read, new ones are made']);
  expect(generatedPasswords(['user'], session, log)).toEqual(passwords);
});
