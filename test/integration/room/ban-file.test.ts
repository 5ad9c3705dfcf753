import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../../server/lib/log.js';
import type { Ban } from '../../../server/room/room-state.js';
import { BanFile, banFileOf } from '../../../server/room/store/ban-file.js';
import { canMount, smallDisk } from '../../support/faults/small-disk.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { waitFor } from '../../support/wait-for.js';

const ban = (id: string): Ban => ({ id, member: `member-${id}`, place: null, bannedMs: 0, by: 'root' });
const members = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { Member: string }[]).map(({ Member }) => Member);

function recorded() {
  const said: string[] = [];
  const report = (_fields: object, message: string): void => void said.push(message);
  const log: Log = { debug: report, info: report, warn: report, error: report };
  return { said, log };
}

function fullDisk() {
  const disk = smallDisk();
  onTestFinished(() => disk.remove());
  disk.fill();
  return disk;
}

test.runIf(canMount)('bans that a full disk refuses are tried again until there is room, all of them', async () => {
  const disk = fullDisk();
  const sessions = join(disk.path, 'sessions.json');
  const { said, log } = recorded();
  const clock = new SteppedClock();
  const file = new BanFile(sessions, log, clock);
  file.save([ban('a')]);
  await file.flush();
  file.save([ban('a'), ban('b')]);
  await file.flush();
  expect(existsSync(banFileOf(sessions))).toBe(false);
  expect(said).toEqual(['bans cannot be written; what their file held before stays, and writing is tried again']);
  disk.free();
  clock.advance(60_000);
  await waitFor('the bans', () => existsSync(banFileOf(sessions)));
  await file.flush();
  expect(members(banFileOf(sessions))).toEqual(['member-a', 'member-b']);
  expect(said.at(-1)).toBe('file works again');
});

test.runIf(canMount)('bans that a full disk refused are tried a last time at the end', async () => {
  const disk = fullDisk();
  const sessions = join(disk.path, 'sessions.json');
  const file = new BanFile(sessions, recorded().log, new SteppedClock());
  file.save([ban('a')]);
  await file.flush();
  disk.free();
  await file.close();
  expect(members(banFileOf(sessions))).toEqual(['member-a']);
});

test('bans that can be neither read nor set aside stop the start, since the banned would come in', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bans-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const sessions = join(dir, 'sessions.json');
  mkdirSync(banFileOf(sessions));
  expect(await new BanFile(sessions, recorded().log, new SteppedClock()).load()).toEqual({
    ok: false,
    error: `the bans ${banFileOf(sessions)} cannot be used: it is a folder (EISDIR); they stand beside what NEKO_SESSION_FILE names`,
  });
});
