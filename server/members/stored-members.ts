import { err, ok, type Result } from '../lib/result.js';
import { type MemberProfile, mergeProfile } from '../protocol/events/profile.js';
import { credentialOf } from './passwords/password.js';
import type { PasswordForm } from './passwords/password-form.js';
import type { Member, MemberError, MemberProvider, VerifiedMember } from './provider.js';

/** One account. The password is in the form that the store keeps, see `Store.passwords`. */
export interface Account {
  readonly password: string;
  readonly profile: MemberProfile;
}

export type Accounts = ReadonlyMap<string, Account>;

/** Where accounts are kept. */
export interface Store {
  read(): Promise<Result<Accounts, MemberError>>;
  /** Replaces all accounts by what `change` makes of them; an error of `change` leaves them. Changes never overlap. */
  change(change: (accounts: Accounts) => Result<Accounts, MemberError>): Promise<Result<void, MemberError>>;
  /** How it keeps passwords. */
  readonly passwords: PasswordForm;
}

/** Members with accounts of their own, in memory or in a file: the id is the user name. */
export class StoredMembers implements MemberProvider {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async authenticate(username: string, password: string): Promise<Result<VerifiedMember, MemberError>> {
    const accounts = await this.#store.read();
    if (!accounts.ok) return accounts;
    const account = accounts.value.get(username);
    const { matches, better } = await this.#store.passwords.check(password, account?.password);
    if (account === undefined || password === '' || !matches) return err('wrong-credentials');
    const kept = better === undefined ? account.password : await this.#improve(username, account, better);
    return ok({ id: username, profile: own(account.profile), credential: credentialOf(kept) });
  }

  async credentials(ids: readonly string[]): Promise<Result<ReadonlyMap<string, readonly string[]>, MemberError>> {
    const accounts = await this.#store.read();
    if (!accounts.ok) return accounts;
    const known = ids.flatMap((id) => {
      const account = accounts.value.get(id);
      return account === undefined ? [] : [[id, [credentialOf(account.password)]] as const];
    });
    return ok(new Map(known));
  }

  async list(limit: number, offset: number): Promise<Result<readonly Member[], MemberError>> {
    const accounts = await this.#store.read();
    if (!accounts.ok) return accounts;
    const members = [...accounts.value].map(([id, { profile }]) => ({ id, profile: own(profile) }));
    return ok(members.slice(offset, limit === 0 ? undefined : offset + limit));
  }

  async insert(username: string, password: string, profile: MemberProfile): Promise<Result<Member, MemberError>> {
    const account = { password: await this.#store.passwords.encode(password), profile: own(profile) };
    const done = await this.#store.change((accounts) =>
      accounts.has(username) ? err('exists') : ok(new Map([...accounts, [username, account]])),
    );
    return done.ok ? ok({ id: username, profile: own(profile) }) : done;
  }

  async select(id: string): Promise<Result<MemberProfile, MemberError>> {
    const accounts = await this.#store.read();
    if (!accounts.ok) return accounts;
    const account = accounts.value.get(id);
    return account === undefined ? err('not-found') : ok(own(account.profile));
  }

  updateProfile(id: string, profile: MemberProfile): Promise<Result<void, MemberError>> {
    return this.#update(id, (account) => ({ ...account, profile: own(profile) }));
  }

  async updatePassword(id: string, password: string): Promise<Result<void, MemberError>> {
    const kept = await this.#store.passwords.encode(password);
    return this.#update(id, (account) => ({ ...account, password: kept }));
  }

  delete(id: string): Promise<Result<void, MemberError>> {
    return this.#store.change((accounts) =>
      accounts.has(id) ? ok(new Map([...accounts].filter(([name]) => name !== id))) : err('not-found'),
    );
  }

  /**
   * Keeps a right password in a better form, unless it was changed meanwhile; a store that fails has logged it, and the old form
   * stays. Resolves with the form that this password is kept in now.
   */
  async #improve(id: string, { password }: Account, better: string): Promise<string> {
    const done = await this.#update(id, (account) =>
      account.password === password ? { ...account, password: better } : account,
    );
    return done.ok ? better : password;
  }

  #update(id: string, update: (account: Account) => Account): Promise<Result<void, MemberError>> {
    return this.#store.change((accounts) => {
      const account = accounts.get(id);
      return account === undefined ? err('not-found') : ok(new Map([...accounts, [id, update(account)]]));
    });
  }
}

/** A copy that shares nothing with the stored profile. */
function own(profile: MemberProfile): MemberProfile {
  return mergeProfile(profile, {});
}
