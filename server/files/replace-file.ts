import { randomBytes } from 'node:crypto';
import { chown, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './file-trouble.js';
import { writeInPlace } from './in-place.js';
import { syncFolder, targetOf, writeNewFile } from './synced.js';

/**
 * Gives a file a new text, readable for us alone. A crash, a full disk or a power cut leaves the old text or the new one, never
 * a part: the new one is written beside it, synced and renamed, and the folder is synced. A symbolic link stays, its target is
 * replaced. Throws the system's error; the old text stands then.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await targetOf(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(8).toString('hex')}.new`);
  try {
    await writeNewFile(temporary, text);
    await keepOwner(target, temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (!isMountedAlone(error)) throw error;
    return writeInPlace(target, text, error);
  }
  await syncFolder(dirname(target));
}

/** Names of temporary files that a crash left beside `target`. */
export function leftoverPattern(target: string): RegExp {
  const name = basename(target).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^\\.${name}\\.[0-9a-f]{16}\\.new$`);
}

/** Nothing can be renamed onto a file that is a mount point of its own, and its folder often takes no second file. */
function isMountedAlone(error: unknown): boolean {
  return ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');
}

/** A server that runs as root keeps the file's owner, unless the container forbids that. */
async function keepOwner(target: string, temporary: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const before = await stat(target).catch(() => undefined);
  if (before === undefined || (before.uid === 0 && before.gid === 0)) return;
  await chown(temporary, before.uid, before.gid).catch(() => undefined);
}
