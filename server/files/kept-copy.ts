import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './file-trouble.js';
import { syncFolder, writeNewFile } from './synced.js';

/** Copies of what is being written in place: beside the file, or in a folder of ours where its own takes no other file. */
const SUFFIX = '.writing';

/** Keeps a synced copy of `text` while it is written into `target`; returns what removes it. Throws where none can be kept. */
export async function keepCopy(target: string, text: string): Promise<() => Promise<void>> {
  const content = `${digest(text)}\n${text}`;
  const place = await firstThatWorks(target, async (path) => {
    await rm(path, { force: true });
    await writeNewFile(path, content);
    await syncFolder(dirname(path));
  });
  return () => rm(place, { force: true });
}

/** The copy that a crash left; its text is undefined when the copy itself was not complete, so that nothing was overwritten yet. */
export async function readCopy(
  target: string,
): Promise<{ readonly path: string; readonly text: string } | { readonly path: string; readonly text: undefined } | undefined> {
  for (const path of [besides(target), await elsewhere(target).catch(() => undefined)]) {
    const content = path === undefined ? undefined : await readOwn(path);
    if (path === undefined || content === undefined) continue;
    const end = content.indexOf('\n');
    const text = content.slice(end + 1);
    return { path, text: digest(text) === content.slice(0, end) ? text : undefined };
  }
  return undefined;
}

async function firstThatWorks(target: string, write: (path: string) => Promise<void>): Promise<string> {
  const path = besides(target);
  try {
    await write(path);
    return path;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(errorCode(error) ?? '')) throw error;
    await rm(path, { force: true }).catch(() => undefined);
  }
  const other = await elsewhere(target);
  await write(other);
  return other;
}

function besides(target: string): string {
  return join(dirname(target), `.${basename(target)}${SUFFIX}`);
}

/** A folder of our own under the temporary one. Another user of the machine must not have made it in our name. */
async function elsewhere(target: string): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `neko-writing-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new Error(`${folder} is not ours alone, so that no copy can be kept there`);
  return join(folder, `${digest(target).slice(0, 32)}${SUFFIX}`);
}

/** The text of a file of ours; undefined where there is none, or where somebody else put something else in its place. */
async function readOwn(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      return found.isFile() && found.uid === process.getuid?.() ? await file.readFile('utf8') : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
