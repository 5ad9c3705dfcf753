import { err, ok, type Result } from '../lib/result.js';
import { type MemberProfile, mergeProfile } from '../protocol/events/profile.js';
import { AnonymousMembers } from './anonymous-members.js';
import { ADMIN_PROFILE, USER_PROFILE } from './built-in-profiles.js';
import { freshMemberId } from './member-id.js';
import { credentialOf, sameSecret } from './passwords/password.js';
import type { MemberError, VerifiedMember } from './provider.js';

export interface MultiuserOptions {
  readonly userPassword: string;
  readonly adminPassword: string;
  readonly userProfile: Partial<MemberProfile>;
  readonly adminProfile: Partial<MemberProfile>;
}

/** Two passwords, one per role; any user name, also an empty one. */
export class MultiuserMembers extends AnonymousMembers {
  readonly #options: MultiuserOptions;

  constructor(options: MultiuserOptions) {
    super();
    this.#options = options;
  }

  override async authenticate(username: string, password: string): Promise<Result<VerifiedMember, MemberError>> {
    // Both are always compared, so that the time taken does not reveal which of them came close.
    const isAdmin = sameSecret(password, this.#options.adminPassword);
    const isUser = sameSecret(password, this.#options.userPassword);
    if (!isAdmin && !isUser) return err('wrong-credentials');
    const profile = isAdmin
      ? mergeProfile(ADMIN_PROFILE, this.#options.adminProfile)
      : mergeProfile(USER_PROFILE, this.#options.userProfile);
    const credential = credentialOf(isAdmin ? this.#options.adminPassword : this.#options.userPassword);
    return ok({ id: freshMemberId(username), profile: { ...profile, name: profile.name || username }, credential });
  }

  protected override commonCredentials(): readonly string[] {
    return [credentialOf(this.#options.userPassword), credentialOf(this.#options.adminPassword)];
  }
}
