import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isMapping } from '../config/form.js';
import { memberProfile, NO_RIGHTS } from '../config/structure-forms.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { hashPassword } from './password.js';
import type { MemberError } from './provider.js';
import type { Account, Accounts, Store } from './stored-members.js';

export interface FileStoreOptions {
  readonly path: string;
  /** Passwords are kept as base64 of their SHA-256. */
  readonly hash: boolean;
}

/**
 * The accounts of the file provider, `{"<username>": {"password": …, "profile": {…}}}`.
 * Read on every use, so that a hand edit counts at once; written completely on every change, readable for us alone.
 */
export class FileStore implements Store {
  readonly #options: FileStoreOptions;
  readonly #log: Log;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FileStoreOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  async read(): Promise<Result<Accounts, MemberError>> {
    try {
      const text = await readFile(this.#options.path, 'utf8');
      const accounts = decodeAccounts(text);
      return accounts.ok ? accounts : this.#failed(accounts.error);
    } catch (error) {
      if (!isMissing(error)) return this.#failed(reasonOf(error));
    }
    // Appending nothing makes the file where there is none and harms none that came meanwhile.
    return this.#attempt(() => writeFile(this.#options.path, '', { mode: 0o600, flag: 'a' }), new Map());
  }

  change(change: (accounts: Accounts) => Result<Accounts, MemberError>): Promise<Result<void, MemberError>> {
    const turn = this.#last.then(async () => {
      const accounts = await this.read();
      if (!accounts.ok) return accounts;
      const next = change(accounts.value);
      return next.ok ? this.#write(next.value) : next;
    });
    this.#last = turn;
    return turn;
  }

  encode(password: string): string {
    return this.#options.hash ? hashPassword(password) : password;
  }

  #write(accounts: Accounts): Promise<Result<void, MemberError>> {
    const text = `${JSON.stringify(Object.fromEntries(accounts), null, 2)}\n`;
    return this.#attempt(() => replaceFile(this.#options.path, text), undefined);
  }

  async #attempt<T>(write: () => Promise<void>, value: T): Promise<Result<T, MemberError>> {
    try {
      await write();
      return ok(value);
    } catch (error) {
      return this.#failed(reasonOf(error));
    }
  }

  #failed(reason: string): { readonly ok: false; readonly error: 'failed' } {
    this.#log.error({ file: this.#options.path, reason }, 'member file does not work');
    return err('failed');
  }
}

/** A crash leaves the old file or the new one. A file mounted by itself cannot be replaced and is written in place. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true });
    await writeFile(path, text, { mode: 0o600 });
  }
}

function decodeAccounts(text: string): Result<Accounts, string> {
  if (text.trim() === '') return ok(new Map());
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return err('not valid JSON');
  }
  if (!isMapping(content)) return err('not an object of accounts');
  const accounts = new Map<string, Account>();
  for (const [username, entry] of Object.entries(content)) {
    if (!isMapping(entry) || typeof entry.password !== 'string') return err(`${username}: no password`);
    const profile = memberProfile.read(entry.profile ?? {});
    if (!profile.ok) return err(`${username}: ${profile.error}`);
    accounts.set(username, { password: entry.password, profile: { ...NO_RIGHTS, ...profile.value } });
  }
  return ok(accounts);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
