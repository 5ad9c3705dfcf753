import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCopy } from '../../../server/files/kept-copy.js';
import { setAside, tidyFile } from '../../../server/files/kept-file.js';
import { replaceFile } from '../../../server/files/replace-file.js';
import { bindMount, canMount, smallDisk } from '../../support/faults/small-disk.js';
import { silentLog } from '../../support/silent-log.js';

const isRoot = process.getuid?.() === 0;
let dir = '';
/** Mounts end before their folder does. */
const undoes: (() => void)[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => {
  for (const undo of undoes.splice(0).reverse()) undo();
  rmSync(dir, { recursive: true, force: true });
});

function disk() {
  const small = smallDisk();
  undoes.push(() => small.remove());
  return small;
}

/** A file that is mounted by itself, with the source of the mount. */
function mounted(content: string, source = join(dir, 'source.json')) {
  const path = join(dir, 'mounted.json');
  writeFileSync(source, content);
  writeFileSync(path, '');
  undoes.push(bindMount(source, path));
  return { path, source };
}

test('the new text takes the place of the old one, for us alone and with nothing left beside it', async () => {
  const path = join(dir, 'kept.json');
  await replaceFile(path, 'first');
  chmodSync(path, 0o644);
  await replaceFile(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['kept.json']);
});

test('a symbolic link stays a link, and its target is written, also where that does not exist yet', async () => {
  mkdirSync(join(dir, 'real'));
  const link = join(dir, 'link.json');
  symlinkSync('real/kept.json', link);
  await replaceFile(link, 'first');
  await replaceFile(link, 'second');
  expect(readlinkSync(link)).toBe('real/kept.json');
  expect(readFileSync(join(dir, 'real/kept.json'), 'utf8')).toBe('second');
});

test.runIf(isRoot)('a file that belongs to somebody else still does', async () => {
  const path = join(dir, 'kept.json');
  writeFileSync(path, 'first');
  chownSync(path, 1234, 1235);
  await replaceFile(path, 'second');
  expect(statSync(path)).toMatchObject({ uid: 1234, gid: 1235 });
});

test.runIf(canMount)('a full disk refuses, the old text stands, and it works again once there is room', async () => {
  const small = disk();
  const path = join(small.path, 'kept.json');
  await replaceFile(path, 'old');
  small.fill();
  await expect(replaceFile(path, 'x'.repeat(8192))).rejects.toThrow('ENOSPC');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(small.path).sort()).toEqual(['ballast', 'kept.json']);
  small.free();
  await replaceFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test.runIf(canMount)('a file mounted by itself is written in place, longer and shorter', async () => {
  const { path, source } = mounted('{"a":1}');
  for (const text of ['{"a":[1,2,3]}\n', '{}\n']) {
    await replaceFile(path, text);
    expect(readFileSync(source, 'utf8')).toBe(text);
  }
  expect(readdirSync(dir).sort()).toEqual(['mounted.json', 'source.json']);
});

test.runIf(canMount)('a file mounted by itself from a disk that is full stays what it was', async () => {
  const small = disk();
  const { path, source } = mounted('{"a":1}', join(small.path, 'source.json'));
  small.fill();
  await expect(replaceFile(path, JSON.stringify('x'.repeat(8192)))).rejects.toThrow('ENOSPC');
  expect(readFileSync(source, 'utf8')).toBe('{"a":1}');
});

test.runIf(canMount)('what a crash left half written in place is completed at the next start', async () => {
  const { path, source } = mounted('{"ann":{"password":"old"}}');
  const text = '{"ann":{"password":"new"},"bob":{}}\n';
  await keepCopy(path, text);
  writeFileSync(source, text.slice(0, 12));
  await tidyFile(path, silentLog);
  expect(readFileSync(source, 'utf8')).toBe(text);
  expect(readdirSync(dir).sort()).toEqual(['mounted.json', 'source.json']);
});

test('a file that was not touched before the crash, or was edited after it, is left alone', async () => {
  const path = join(dir, 'kept.json');
  writeFileSync(path, '{"old":1}   ');
  await keepCopy(path, '{"new":1}');
  await tidyFile(path, silentLog);
  expect(readFileSync(path, 'utf8')).toBe('{"old":1}   ');
  expect(readdirSync(dir)).toEqual(['kept.json']);
});

test('a copy that is itself not complete is not used', async () => {
  const path = join(dir, 'kept.json');
  writeFileSync(path, '{"half');
  await keepCopy(path, '{"new":1}');
  truncateSync(join(dir, '.kept.json.writing'), 70);
  await tidyFile(path, silentLog);
  expect(readFileSync(path, 'utf8')).toBe('{"half');
});

test('tidying up removes what a crash left, and nothing else, and closes the file to others', async () => {
  const path = join(dir, 'kept.json');
  writeFileSync(path, '{}', { mode: 0o644 });
  writeFileSync(join(dir, '.kept.json.0123456789abcdef.new'), '{');
  writeFileSync(join(dir, '.keptXjson.0123456789abcdef.new'), '{');
  writeFileSync(join(dir, '.kept.json.new'), '{');
  await tidyFile(path, silentLog);
  expect(readdirSync(dir).sort()).toEqual(['.kept.json.new', '.keptXjson.0123456789abcdef.new', 'kept.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file is set aside under a name that says so', async () => {
  const path = join(dir, 'kept.json');
  writeFileSync(path, '{broken');
  const aside = await setAside(path, new Date('2026-01-02T03:04:05.678Z'));
  expect(aside).toBe(`${path}.broken-2026-01-02T03-04-05.678Z`);
  expect(readFileSync(aside, 'utf8')).toBe('{broken');
  expect(existsSync(path)).toBe(false);
});

test.runIf(canMount)('one that is mounted by itself is copied aside', async () => {
  const { path, source } = mounted('{broken');
  expect(readFileSync(await setAside(path, new Date()), 'utf8')).toBe('{broken');
  expect(readFileSync(source, 'utf8')).toBe('{broken');
});
