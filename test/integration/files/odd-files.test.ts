import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../../server/config/load.js';
import { readConfigFile } from '../../../server/config/sources/read-config-file.js';
import { tidyFile } from '../../../server/files/kept-file.js';
import { readRegularFileSync } from '../../../server/files/regular-file.js';
import { readTls } from '../../../server/listening/read-tls.js';
import { FileStore } from '../../../server/members/file-store.js';
import { generatedPasswords, passwordFile } from '../../../server/members/passwords/generated-passwords.js';
import { BanFile, banFileOf } from '../../../server/room/store/ban-file.js';
import { SessionFile } from '../../../server/room/store/session-file.js';
import { notesFileOf } from '../../../server/room/store/session-notes.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { silentLog } from '../../support/silent-log.js';

const isRoot = process.getuid?.() === 0;
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'odd-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function fifo(path = join(dir, 'fifo')): string {
  execFileSync('mkfifo', ['-m', '644', path]);
  return path;
}

async function listeningSocket(): Promise<string> {
  const path = join(dir, 'socket');
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  chmodSync(path, 0o644);
  return path;
}

function folder(): string {
  const path = join(dir, 'folder');
  mkdirSync(path);
  chmodSync(path, 0o755);
  return path;
}

function device(): string {
  const path = join(dir, 'null');
  execFileSync('mknod', ['-m', '666', path, 'c', '1', '3']);
  return path;
}

test.each<[string, () => string | Promise<string>]>([
  ['a folder', folder],
  ['a FIFO', () => fifo()],
  ['a socket', listeningSocket],
  ...(isRoot ? [['a device', device] satisfies [string, () => string]] : []),
])('%s in the place of a kept file keeps its mode, also behind a symbolic link, and nothing is said of it', async (_, make) => {
  const path = await make();
  const link = join(dir, 'link');
  symlinkSync(path, link);
  const before = statSync(path).mode;
  const warn = vi.fn();
  await tidyFile(path, { ...silentLog, warn });
  await tidyFile(link, { ...silentLog, warn });
  expect(statSync(path).mode).toBe(before);
  expect(warn).not.toHaveBeenCalled();
});

test('a file behind a symbolic link is taken away from other users', async () => {
  const path = join(dir, 'kept');
  writeFileSync(path, '', { mode: 0o644 });
  symlinkSync(path, join(dir, 'link'));
  await tidyFile(join(dir, 'link'), silentLog);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

const clock = new SteppedClock();
const sessions = () => join(dir, 'sessions.json');
const NO_FILE = 'it is a FIFO and no regular file';

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'session file',
    async () => errorOf(await new SessionFile(fifo(), silentLog, clock).load(0)),
    /^the session file .*; NEKO_SESSION_FILE names it$/,
  ],
  [
    'file of what is noted of sessions',
    async () => {
      fifo(notesFileOf(sessions()));
      return errorOf(await new SessionFile(sessions(), silentLog, clock).load(0));
    },
    /sessions\.json\.notes .*; NEKO_SESSION_FILE names it$/,
  ],
  [
    'file of bans',
    async () => {
      fifo(banFileOf(sessions()));
      return errorOf(await new BanFile(sessions(), silentLog, clock).load());
    },
    /^the bans .*; they stand beside what NEKO_SESSION_FILE names$/,
  ],
  [
    'member file',
    async () => errorOf(await new FileStore({ path: fifo(), hash: true }, silentLog).open()),
    /^the member file .*; NEKO_MEMBER_FILE_PATH names it$/,
  ],
  [
    'file of generated passwords',
    async () => {
      fifo(passwordFile(sessions()));
      const error = vi.fn();
      await generatedPasswords(['user'], sessions(), { log: { ...silentLog, error }, clock });
      return JSON.stringify(error.mock.calls);
    },
    /generated passwords cannot be read, new ones are made/,
  ],
  [
    'configuration file',
    async () => configError({ NEKO_CONFIG: fifo(join(dir, 'neko.yaml')) }),
    /neko\.yaml: the configuration file cannot be read/,
  ],
  ['file with a secret', async () => configError({ NEKO_SESSION_API_TOKEN_FILE: fifo() }), /^NEKO_SESSION_API_TOKEN_FILE: /],
  [
    'certificate',
    async () => errorOf(readTls({ certPath: fifo(), keyPath: fifo(join(dir, 'key')) }, readRegularFileSync)),
    /^server\.cert: .*; let NEKO_SERVER_CERT name a readable PEM file$/,
  ],
])('a FIFO as %s is refused at once and named', async (_, use, named) => {
  const said = await use();
  expect(said).toContain(NO_FILE);
  expect(said).toMatch(named);
});

function errorOf(result: { readonly ok: true } | { readonly ok: false; readonly error: string }): string {
  if (result.ok) throw new Error('taken');
  return result.error;
}

function configError(env: Readonly<Record<string, string>>): string {
  const read = loadConfig({ argv: [], env, readFile: readConfigFile });
  if (read.ok) throw new Error('taken');
  return read.error.map(({ message }) => message).join('\n');
}
