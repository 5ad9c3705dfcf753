import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isMapping } from '../config/form.js';
import type { Log } from '../lib/log.js';

export interface GeneratedPasswords {
  readonly user?: string;
  readonly admin?: string;
}

/** Lower-case letters and digits that are not taken for each other (Crockford's base32). */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A password of 60 random bits that can be read out and typed: `k3fd-9x2m-qp7t`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

/** Where generated passwords stay over restarts: beside the session file, whose own format is neko's and has no place for them. */
export function passwordFile(sessionFile: string): string {
  return `${sessionFile}.passwords`;
}

/**
 * A password for each role that needs one: as stored beside the session file, else new and stored there, readable for us alone.
 * Without a session file they last as long as the process. A file that cannot be used is reported, and new passwords are made.
 */
export function generatedPasswords(
  roles: readonly ('user' | 'admin')[],
  sessionFile: string | undefined,
  log: Log,
): GeneratedPasswords {
  if (roles.length === 0) return {};
  const path = sessionFile === undefined ? undefined : passwordFile(sessionFile);
  const stored = path === undefined ? {} : readStored(path, log);
  const passwords = Object.fromEntries(roles.map((role) => [role, stored[role] ?? generatePassword()]));
  if (path !== undefined && roles.some((role) => stored[role] === undefined)) write(path, { ...stored, ...passwords }, log);
  return passwords;
}

function readStored(path: string, log: Log): GeneratedPasswords {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isMapping(content)) throw new Error('not an object');
    const { user, admin } = content;
    return {
      ...(typeof user === 'string' && user !== '' ? { user } : {}),
      ...(typeof admin === 'string' && admin !== '' ? { admin } : {}),
    };
  } catch (error) {
    const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // A parser's message would quote the file, which holds passwords.
    if (!isNew) log.warn({ file: path }, 'generated passwords cannot be read, new ones are made');
    return {};
  }
}

function write(path: string, passwords: GeneratedPasswords, log: Log): void {
  try {
    writeFileSync(path, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    log.warn(
      { file: path, reason: error instanceof Error ? error.message : String(error) },
      'generated passwords are not kept over a restart',
    );
  }
}
