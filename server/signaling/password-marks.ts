import { createHmac, randomBytes } from 'node:crypto';
import { fileTrouble } from '../files/file-trouble.js';
import { tidyFile } from '../files/kept-file.js';
import { replaceFile } from '../files/replace-file.js';
import { readKeptFile } from '../files/synced.js';
import type { Log } from '../lib/log.js';

const KEY_BYTES = 32;

/** Where the key of a session file's marks is: beside it, for the file's own format has no place for it. */
export function markKeyFile(sessionFile: string): string {
  return `${sessionFile}.key`;
}

/**
 * Marks that tell, after a restart, whether the password that a session was opened with still counts. They are digests
 * under a key of their own, so that the session file alone does not serve to guess passwords with.
 */
export class PasswordMarks {
  constructor(private readonly key: Buffer) {}

  /** `credential` as the member provider names it. */
  mark(credential: string): string {
    return createHmac('sha256', this.key).update(credential).digest('base64url');
  }
}

/** Reads the key beside the session file, or makes one. Without a session file the key lasts as long as the process. */
export async function openPasswordMarks(sessionFile: string | null, log: Log): Promise<PasswordMarks> {
  if (sessionFile === null) return new PasswordMarks(randomBytes(KEY_BYTES));
  const file = markKeyFile(sessionFile);
  await tidyFile(file, log);
  const stored = await readKey(file);
  if (stored !== null) return new PasswordMarks(stored);
  const key = randomBytes(KEY_BYTES);
  try {
    await replaceFile(file, `${key.toString('base64')}\n`);
  } catch (error) {
    log.warn({ file, reason: fileTrouble(error) }, 'sessions that are made now will not be valid after a restart');
  }
  return new PasswordMarks(key);
}

/** A key that is missing or damaged is no key: sessions marked with it end, which harms nobody but their owners. */
async function readKey(file: string): Promise<Buffer | null> {
  try {
    const key = Buffer.from(((await readKeptFile(file)) ?? '').trim(), 'base64');
    return key.length === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}
