import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { err, ok } from '../../../server/lib/result.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { type SavedSession, startingRoom } from '../../../server/room/room-state.js';
import { PasswordMarks } from '../../../server/room/store/password-marks.js';
import { restoreSessions } from '../../../server/room/store/restore-sessions.js';
import { readSessions } from '../../../server/room/store/session-entries.js';
import { NO_NOTES, noted, readNotes, writeNotes } from '../../../server/room/store/session-notes.js';
import { DEFAULT_SETTINGS } from '../../support/default-settings.js';
import { ENDLESS, loginOf } from '../../support/sessions.js';
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

const key = randomBytes(32);
const readBack = (sessions: SavedSession[], text = writeNotes(key, sessions)) => {
  const notes = readNotes(text);
  return notes.ok ? sessions.map((session) => noted(loginOf(session.id, session.profile), notes.value, 99)) : notes.error;
};

test('what is noted of sessions is read as it was written, the key as well', () => {
  const sessions = [{ ...saved('ann', 'mark'), createdMs: 1_234, usedMs: 5_678 }, saved('bob', null)];
  expect(readBack(sessions)).toEqual(sessions);
  expect(readNotes(writeNotes(key, sessions))).toMatchObject({ ok: true, value: { key } });
});

test("a session without a note, as neko's are, and one whose times cannot be read, was made now", () => {
  const made = { createdMs: 99, usedMs: null, passwordMark: null };
  expect(readBack([saved('ann', 'mark')], '')).toMatchObject([made]);
  const note = { TokenDigest: loginOf('ann', NEW_MEMBER_PROFILE).tokenDigest, CreatedAt: 'yesterday', UsedAt: '' };
  expect(readBack([saved('ann', 'mark')], JSON.stringify({ Sessions: [note] }))).toMatchObject([made]);
});

test.each(['{broken', '[]', '{"Sessions":[5]}'])('notes that hold %s are none', (text) => {
  expect(readNotes(text).ok).toBe(false);
});

test('a session whose id no request could name is passed over and its place told; a name that nobody sees is none', () => {
  const entry = (Id: string, name: string) => ({ Id, Token: `token of ${Id}`, Profile: { ...NEW_MEMBER_PROFILE, name } });
  const text = JSON.stringify([entry('\ud800evil-abcde', '\ud800evil'), entry('-abcde', '\u200b'), entry('ann', 'ann')]);
  const read = readSessions(text, NO_NOTES, 5);
  if (!read.ok) throw new Error(read.error);
  expect(read.value.broken).toEqual([{ place: 1, reason: expect.stringContaining('surrogate'), entry: undefined }]);
  const room = startingRoom({ settings: DEFAULT_SETTINGS, rules: ENDLESS, saved: read.value.sessions, nowMs: 5 });
  expect([...room.sessions.values()].map(({ id, profile }) => [id, profile.name])).toEqual([
    ['-abcde', ''],
    ['ann', 'ann'],
  ]);
});
