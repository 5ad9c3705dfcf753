import { writeFile } from 'node:fs/promises';
import { FailureNotice } from '../files/failure-notice.js';
import { fileTrouble } from '../files/file-trouble.js';
import { tidyFile } from '../files/kept-file.js';
import { replaceFile } from '../files/replace-file.js';
import { PRIVATE_MODE, readKeptFile } from '../files/synced.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { type AccountEntries, readAccounts, writeAccounts } from './account-entries.js';
import { HashedPasswords, type PasswordForm, PlainPasswords } from './passwords/password-form.js';
import type { MemberError } from './provider.js';
import type { Accounts, Store } from './stored-members.js';

export interface FileStoreOptions {
  readonly path: string;
  /** Passwords are kept hashed. */
  readonly hash: boolean;
}

/**
 * The accounts of the file provider. Read on every use, so that a hand edit counts at once; written completely on every change,
 * readable for us alone. An entry that cannot be used is named in the log and left alone; the other accounts work.
 */
export class FileStore implements Store {
  readonly passwords: PasswordForm;
  readonly #path: string;
  readonly #log: Log;
  readonly #reading: FailureNotice;
  readonly #writing: FailureNotice;
  #loggedBroken = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor({ path, hash }: FileStoreOptions, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#reading = new FailureNotice(path, log);
    this.#writing = new FailureNotice(path, log);
    this.passwords = hash ? new HashedPasswords() : new PlainPasswords();
  }

  /** Puts the file in order before its first use; the error says why a file that is there cannot be used. */
  async open(): Promise<Result<void>> {
    await tidyFile(this.#path, this.#log);
    const text = await readKeptFile(this.#path).catch((error: unknown) => err(fileTrouble(error)));
    const entries = typeof text === 'string' || text === undefined ? readAccounts(text ?? '') : text;
    if (!entries.ok) return err(`the member file ${this.#path} cannot be read: ${entries.error}; NEKO_MEMBER_FILE_PATH names it`);
    // A missing file is made; a failure is logged.
    await this.read();
    return ok(undefined);
  }

  async read(): Promise<Result<Accounts, MemberError>> {
    const entries = await this.#read();
    return entries.ok ? ok(entries.value.accounts) : entries;
  }

  change(change: (accounts: Accounts) => Result<Accounts, MemberError>): Promise<Result<void, MemberError>> {
    const turn = this.#last.then(async () => {
      const entries = await this.#read();
      if (!entries.ok) return entries;
      const next = change(entries.value.accounts);
      if (!next.ok) return next;
      // An entry that cannot be used still takes its name.
      if ([...next.value.keys()].some((name) => entries.value.broken.has(name))) return err('exists' as const);
      return this.#write(writeAccounts(entries.value, next.value));
    });
    this.#last = turn;
    return turn;
  }

  async #read(): Promise<Result<AccountEntries, MemberError>> {
    const entries = await this.#readEntries();
    if (!entries.ok) {
      this.#reading.failed('member file cannot be read', entries.error);
      return err('failed');
    }
    this.#reading.works();
    this.#logBroken(entries.value.broken);
    return entries;
  }

  async #readEntries(): Promise<Result<AccountEntries>> {
    try {
      const text = await readKeptFile(this.#path);
      // Appending nothing creates a missing file and changes nothing in one that was created meanwhile.
      if (text === undefined) await writeFile(this.#path, '', { mode: PRIVATE_MODE, flag: 'a' });
      return readAccounts(text ?? '');
    } catch (error) {
      return err(fileTrouble(error));
    }
  }

  async #write(text: string): Promise<Result<void, MemberError>> {
    try {
      await replaceFile(this.#path, text);
    } catch (error) {
      this.#writing.failed('member file cannot be written, the change is refused', fileTrouble(error));
      return err('failed');
    }
    this.#writing.works();
    return ok(undefined);
  }

  #logBroken(broken: ReadonlyMap<string, string>): void {
    const entries = JSON.stringify([...broken]);
    if (entries === this.#loggedBroken) return;
    this.#loggedBroken = entries;
    for (const [member, reason] of broken)
      this.#log.warn({ file: this.#path, member, reason }, 'this member cannot sign in, its entry in the member file is broken');
  }
}
