import { isMapping } from '../config/forms/form.js';
import { NO_RIGHTS, storedProfile } from '../config/forms/structure-forms.js';
import { err, ok, type Result } from '../lib/result.js';
import { parseJson } from '../lib/text/json-text.js';
import { errorMessage } from '../protocol/errors/http-errors.js';
import { accountNameTrouble, cleanName } from '../protocol/name.js';
import type { Account, Accounts } from './stored-members.js';

/** The content of a member file: accounts, and other entries, which stay in the file as they are. */
export interface AccountEntries {
  readonly accounts: Accounts;
  /** Every entry as it stands in the file. */
  readonly raw: ReadonlyMap<string, unknown>;
  /** Names of entries that cannot be used, with the reason. */
  readonly broken: ReadonlyMap<string, string>;
}

/** Reads `{"<username>": {"password": …, "profile": {…}}}`; an empty file holds no accounts. */
export function readAccounts(text: string): Result<AccountEntries> {
  if (text.replace('\uFEFF', '').trim() === '') return ok({ accounts: new Map(), raw: new Map(), broken: new Map() });
  const content = parseJson(text);
  if (!content.ok) return content;
  if (!isMapping(content.value)) return err('not an object of accounts');
  const accounts = new Map<string, Account>();
  const broken = new Map<string, string>();
  const raw = new Map(Object.entries(content.value));
  for (const [username, entry] of raw) {
    const trouble = accountNameTrouble(username);
    const account = trouble === undefined ? readAccount(entry) : err(errorMessage(trouble));
    if (account.ok) accounts.set(username, account.value);
    else broken.set(username, account.error);
  }
  return ok({ accounts, raw, broken });
}

/** The file's text with `next` for its accounts. Unchanged accounts, and entries that are no accounts, stay as they were written. */
export function writeAccounts({ accounts, raw, broken }: AccountEntries, next: Accounts): string {
  const kept = [...raw].filter(([name]) => broken.has(name) || next.has(name));
  const entries = new Map(kept);
  for (const [name, account] of next) if (account !== accounts.get(name)) entries.set(name, account);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function readAccount(entry: unknown): Result<Account> {
  if (!isMapping(entry)) return err('not an object');
  if (typeof entry.password !== 'string') return err('no password');
  const profile = storedProfile.read(entry.profile ?? {});
  if (!profile.ok) return err(`profile: ${profile.error}`);
  const name = cleanName(profile.value.name ?? '');
  return ok({ password: entry.password, profile: { ...NO_RIGHTS, ...profile.value, name } });
}
