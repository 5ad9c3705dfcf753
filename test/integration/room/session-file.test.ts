import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../server/lib/clock.js';
import type { Log } from '../../../server/lib/log.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { SessionFile } from '../../../server/room/store/session-file.js';
import { canMount, smallDisk } from '../../support/faults/small-disk.js';
import { loginOf } from '../../support/sessions.js';

let dir = '';
let reported: string[] = [];
let timers: { readonly delayMs: number; readonly action: () => void }[] = [];
const report = (_fields: object, message: string): void => void reported.push(message);
const log: Log = { debug: report, info: report, warn: report, error: report };
/** Stands still; the test fires what waits. */
const clock: Clock = {
  nowMs: () => 0,
  after(delayMs, action) {
    const timer = { delayMs, action };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  },
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sessions-'));
  reported = [];
  timers = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const session = (id: string) => ({ ...loginOf(id, NEW_MEMBER_PROFILE, `token-of-${id}`), createdMs: 0, usedMs: 0 });
const ids = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { Id: string }[]).map(({ Id }) => Id);

test('sessions are on disk once flush resolves, for us alone, an existing file included', async () => {
  const path = join(dir, 'sessions.json');
  writeFileSync(path, '', { mode: 0o644 });
  const file = new SessionFile(path, log, clock);
  expect(await file.load(0)).toEqual({ ok: true, value: [] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  file.save([session('ann')]);
  file.save([session('ann'), session('bob')]);
  await file.flush();
  expect(ids(path)).toEqual(['ann', 'bob']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.runIf(canMount)('a full disk: the old sessions stand, it is said once and tried again with growing waits', async () => {
  const disk = smallDisk();
  onTestFinished(() => disk.remove());
  const path = join(disk.path, 'sessions.json');
  const file = new SessionFile(path, log, clock);
  file.save([session('ann')]);
  await file.flush();
  disk.fill();
  const many = Array.from({ length: 50 }, (_, index) => session(`user${index}`));
  file.save(many);
  await file.flush();
  for (const waitMs of [1_000, 2_000, 4_000]) {
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([waitMs]);
    timers.pop()?.action();
    await file.flush();
  }
  expect(ids(path)).toEqual(['ann']);
  expect(reported).toEqual(['session file cannot be written; what it held before stays, and writing is tried again']);
  disk.free();
  timers.pop()?.action();
  await file.flush();
  expect(ids(path)).toHaveLength(50);
  expect(timers).toEqual([]);
  expect(reported.at(-1)).toBe('file works again');
});

test.runIf(canMount)('what a full disk refused is tried a last time at the end', async () => {
  const disk = smallDisk();
  onTestFinished(() => disk.remove());
  const file = new SessionFile(join(disk.path, 'sessions.json'), log, clock);
  disk.fill();
  file.save([session('ann')]);
  await file.flush();
  disk.free();
  await file.close();
  expect(ids(join(disk.path, 'sessions.json'))).toEqual(['ann']);
  expect(timers).toEqual([]);
});

test('a file that can be neither read nor set aside stops the start and names its setting', async () => {
  const path = join(dir, 'folder');
  mkdirSync(path);
  expect(await new SessionFile(path, log, clock).load(0)).toEqual({
    ok: false,
    error: `the session file ${path} cannot be used: it is a folder (EISDIR); NEKO_SESSION_FILE names it`,
  });
});
