import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './file-trouble.js';
import { readRegularFile } from './regular-file.js';

/** Readable and writable for us alone. */
export const PRIVATE_MODE = 0o600;
const MOST_LINKS = 40;

/** Makes a file that was not there, with `text` on the disk when this resolves. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, PRIVATE_MODE);
  try {
    await file.writeFile(text);
    // The umask may have taken bits away, never added any; this is what we mean.
    await file.chmod(PRIVATE_MODE);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts what was renamed in a folder on the disk; some file systems refuse that, which is no error. */
export async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync();
  } catch (error) {
    const code = errorCode(error);
    // A folder that lets us make files and not list them cannot be opened.
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EACCES') throw error;
  } finally {
    await folder?.close();
  }
}

/** The file that a path stands for, through symbolic links, also where that file does not exist yet. */
export async function targetOf(path: string): Promise<string> {
  let target = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    try {
      return await realpath(target);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    const link = await readlink(target).catch(() => undefined);
    if (link === undefined) return target;
    target = resolve(dirname(target), link);
  }
  throw new Error('too many symbolic links');
}

/** The text of a file; undefined where there is none. Throws the system's error, or one that names what stands in its place. */
export async function readKeptFile(path: string): Promise<string | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
