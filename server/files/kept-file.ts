import { constants } from 'node:fs';
import { chmod, copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Log } from '../lib/log.js';
import { errorCode, fileTrouble } from './file-trouble.js';
import { recoverInPlace } from './in-place.js';
import { openRegularFile } from './regular-file.js';
import { leftoverPattern } from './replace-file.js';
import { PRIVATE_MODE, syncFolder, targetOf } from './synced.js';

/**
 * Puts a file of ours in order before it is first read: finishes what a crash interrupted, removes what it left beside, and
 * takes from other users the right to read it. A failure here does not stop the start.
 */
export async function tidyFile(path: string, log: Log): Promise<void> {
  try {
    const target = await targetOf(path);
    // A folder, a FIFO or a device stays as it is; reading it says what it is.
    if ((await kindOf(target)) === 'odd') return;
    if ((await recoverInPlace(target)) === 'recovered') log.warn({ file: path }, 'file was half written and has been completed');
    const leftover = leftoverPattern(target);
    const folder = dirname(target);
    for (const name of await readdir(folder).catch(() => [])) if (leftover.test(name)) await rm(join(folder, name));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') log.warn({ file: path, reason: fileTrouble(error) }, 'file cannot be tidied up');
  }
  await tighten(path, log);
}

/**
 * Gives a file that cannot be used another name beside it, so that a new one can take its place and nothing of it is lost;
 * returns that name. One that is mounted by itself is copied instead. Throws the system's error.
 */
export async function setAside(path: string, now: Date): Promise<string> {
  const target = await targetOf(path);
  const aside = `${target}.broken-${now.toISOString().replaceAll(':', '-')}`;
  try {
    await rename(target, aside);
  } catch (error) {
    if (errorCode(error) !== 'EBUSY') throw error;
    await copyFile(target, aside, constants.COPYFILE_EXCL);
    await chmod(aside, PRIVATE_MODE);
  }
  await syncFolder(dirname(target));
  return join(dirname(path), basename(aside));
}

async function kindOf(target: string): Promise<'file' | 'none' | 'odd'> {
  try {
    return (await stat(target)).isFile() ? 'file' : 'odd';
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return 'none';
  }
}

/** Works on the opened file: its path may name another one by now. */
async function tighten(path: string, log: Log): Promise<void> {
  try {
    const file = await openRegularFile(path);
    try {
      const found = await file.stat();
      if (found.isFile() && (found.mode & 0o077) !== 0) await file.chmod(PRIVATE_MODE);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT')
      log.warn({ file: path, reason: fileTrouble(error) }, 'other users of the machine can read this file, which holds secrets');
  }
}
