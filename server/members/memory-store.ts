import type { ConfiguredUser } from '../config/config.js';
import { ok, type Result } from '../lib/result.js';
import { PlainPasswords } from './passwords/password-form.js';
import type { MemberError } from './provider.js';
import type { Accounts, Store } from './stored-members.js';

/** The accounts of the object provider: as configured at start, changes are gone with the process. */
export class MemoryStore implements Store {
  readonly passwords = new PlainPasswords();
  #accounts: Accounts;

  constructor(users: readonly ConfiguredUser[]) {
    this.#accounts = new Map(users.map(({ username, password, profile }) => [username, { password, profile }]));
  }

  async read(): Promise<Result<Accounts, MemberError>> {
    return ok(this.#accounts);
  }

  async change(change: (accounts: Accounts) => Result<Accounts, MemberError>): Promise<Result<void, MemberError>> {
    const next = change(this.#accounts);
    if (!next.ok) return next;
    this.#accounts = next.value;
    return ok(undefined);
  }
}
