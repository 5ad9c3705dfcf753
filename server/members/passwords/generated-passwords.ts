import { randomInt } from 'node:crypto';
import { isMapping } from '../../config/forms/form.js';
import { fileTrouble } from '../../files/file-trouble.js';
import { setAside, tidyFile } from '../../files/kept-file.js';
import { KeptWriter } from '../../files/kept-writer.js';
import { replaceFile } from '../../files/replace-file.js';
import { readKeptFile } from '../../files/synced.js';
import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { parseJson } from '../../lib/text/json-text.js';

export interface GeneratedPasswords {
  readonly user?: string;
  readonly admin?: string;
}

export interface KeptPasswords {
  readonly passwords: GeneratedPasswords;
  /** Tries a last time to write what the disk has refused. */
  close(): Promise<void>;
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
 * Without a session file they last as long as the process. A file that cannot be used is reported and set aside, and new
 * passwords are made; one that can be neither read nor set aside is not written to.
 */
export async function generatedPasswords(
  roles: readonly ('user' | 'admin')[],
  sessionFile: string | undefined,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<KeptPasswords> {
  const nothingToWrite = async () => {};
  if (roles.length === 0) return { passwords: {}, close: nothingToWrite };
  const path = sessionFile === undefined ? undefined : passwordFile(sessionFile);
  const stored = path === undefined ? {} : await readStored(path, log);
  const passwords = Object.fromEntries(roles.map((role) => [role, stored?.[role] ?? generatePassword()]));
  const isComplete = roles.every((role) => stored?.[role] !== undefined);
  if (path === undefined || stored === undefined || isComplete) return { passwords, close: nothingToWrite };
  const writer = new KeptWriter<GeneratedPasswords>({
    file: path,
    failure: 'generated passwords cannot be written, so that a restart makes new ones; writing is tried again',
    log,
    clock,
    write: (all) => replaceFile(path, `${JSON.stringify(all, null, 2)}\n`),
  });
  writer.save({ ...stored, ...passwords });
  await writer.flush();
  return { passwords, close: () => writer.close() };
}

/** What is stored; undefined when a file is there whose place cannot be taken. */
async function readStored(path: string, log: Log): Promise<GeneratedPasswords | undefined> {
  await tidyFile(path, log);
  try {
    const text = await readKeptFile(path);
    if (text === undefined) return {};
    const content = parseJson(text);
    if (content.ok && isMapping(content.value)) return passwordsOf(content.value);
    const reason = content.ok ? 'not an object of passwords' : content.error;
    const aside = await setAside(path, new Date());
    log.error({ file: path, reason, aside }, 'generated passwords cannot be read: the file was set aside, and new ones are made');
    return {};
  } catch (error) {
    log.error({ file: path, reason: fileTrouble(error) }, 'generated passwords cannot be read, new ones are made');
    return undefined;
  }
}

function passwordsOf({ user, admin }: Readonly<Record<string, unknown>>): GeneratedPasswords {
  return {
    ...(typeof user === 'string' && user !== '' ? { user } : {}),
    ...(typeof admin === 'string' && admin !== '' ? { admin } : {}),
  };
}
