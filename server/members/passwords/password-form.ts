import { nekoHash, sameSecret } from './password.js';
import { isScryptHash, matchesScrypt, scryptHash } from './scrypt.js';

/** How an account's password is kept. */
export interface PasswordForm {
  /** A new password as it is kept. */
  encode(password: string): Promise<string>;
  /** Takes as long for an account that does not exist, whose `kept` is undefined. */
  check(password: string, kept: string | undefined): Promise<PasswordCheck>;
}

export interface PasswordCheck {
  readonly matches: boolean;
  /** The form in which a right password is kept from now on, where it was kept in an older form. */
  readonly better?: string;
}

/** As written: the object provider's, and those of a member file without hashes. */
export class PlainPasswords implements PasswordForm {
  async encode(password: string): Promise<string> {
    return password;
  }

  async check(password: string, kept: string | undefined): Promise<PasswordCheck> {
    // Passwords hashed while the setting was on still work; the hash itself is never accepted as the password.
    if (kept !== undefined && isScryptHash(kept)) return { matches: await matchesScrypt(password, kept) };
    return { matches: sameSecret(password, kept ?? '') && kept !== undefined };
  }
}

/** Hashed by scrypt. neko's hashes are taken as well and give way to scrypt's at the next right login. */
export class HashedPasswords implements PasswordForm {
  encode(password: string): Promise<string> {
    return scryptHash(password);
  }

  async check(password: string, kept: string | undefined): Promise<PasswordCheck> {
    if (kept !== undefined && isScryptHash(kept)) return { matches: await matchesScrypt(password, kept) };
    // Computed whether it is needed or not, so that the time taken does not reveal which names exist.
    const better = await scryptHash(password);
    const matches = sameSecret(nekoHash(password), kept ?? '') && kept !== undefined;
    return matches ? { matches, better } : { matches };
  }
}
