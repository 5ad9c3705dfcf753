import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { err, ok } from '../../../server/lib/result.js';
import { decode } from '../../../server/protocol/decode.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/profile.js';
import type { SavedSession } from '../../../server/room/room-state.js';
import { PasswordMarks } from '../../../server/signaling/password-marks.js';
import { restoreSessions } from '../../../server/signaling/restore-sessions.js';
import { fromEntry, SessionEntry, toEntry } from '../../../server/signaling/session-entry.js';
import { loginOf } from '../../support/sessions.js';
import { silentLog } from '../../support/silent-log.js';

const marks = new PasswordMarks(randomBytes(32));
const saved = (id: string, passwordMark: string | null): SavedSession => ({
  ...loginOf(id, NEW_MEMBER_PROFILE),
  passwordMark,
  createdMs: 1_000,
  usedMs: null,
});
const restore = (sessions: SavedSession[], counting: Record<string, string[]>, key = marks) =>
  restoreSessions(sessions, { credentials: async () => ok(new Map(Object.entries(counting))) }, key, silentLog);

test('a session comes back while its member is there and its password counts, one among several', async () => {
  const sessions = [saved('ann', marks.mark('one')), saved('bob', marks.mark('two')), saved('cat', marks.mark('one'))];
  const restored = await restore(sessions, { ann: ['one'], bob: ['new', 'newer'] });
  expect(restored.map(({ id }) => id)).toEqual(['ann']);
  expect((await restore(sessions, { bob: ['new', 'two'] })).map(({ id }) => id)).toEqual(['bob']);
});

test('under another key no mark counts', async () => {
  expect(await restore([saved('ann', marks.mark('one'))], { ann: ['one'] }, new PasswordMarks(randomBytes(32)))).toEqual([]);
});

test("a session of neko's file comes back, and ends with the next change of a password", async () => {
  const [first] = await restore([saved('ann', null)], { ann: ['user', 'admin'] });
  expect(await restore([first!], { ann: ['user', 'admin'] })).toEqual([first]);
  expect(await restore([first!], { ann: ['user', 'changed'] })).toEqual([]);
});

test('members that cannot be read: nobody comes back, and it is said', async () => {
  const error = vi.fn();
  const log = { ...silentLog, error };
  const members = { credentials: async () => err('failed' as const) };
  expect(await restoreSessions([saved('ann', null)], members, marks, log)).toEqual([]);
  expect(error).toHaveBeenCalledOnce();
});

test('an entry of the file is read as it was written', () => {
  const session = { ...saved('ann', 'mark'), createdMs: 1_234, usedMs: 5_678 };
  expect(fromEntry(toEntry(session), 99)).toEqual(session);
  expect(fromEntry(toEntry({ ...session, usedMs: null }), 99).usedMs).toBeNull();
});

test("neko's three fields are enough; times that cannot be read are now", () => {
  const read = (entry: object) => {
    const decoded = decode(SessionEntry, entry);
    return decoded.ok ? fromEntry(decoded.value, 99) : decoded.error;
  };
  const bare = { Id: 'ann', Token: 't', Profile: NEW_MEMBER_PROFILE };
  expect(read(bare)).toMatchObject({ id: 'ann', createdMs: 99, usedMs: null, passwordMark: null });
  expect(read({ ...bare, CreatedAt: 'yesterday', UsedAt: '' })).toMatchObject({ createdMs: 99, usedMs: null });
});
