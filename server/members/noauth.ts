import { ok, type Result } from '../lib/result.js';
import { AnonymousMembers } from './anonymous-members.js';
import { ADMIN_PROFILE } from './built-in-profiles.js';
import { freshMemberId } from './member-id.js';
import type { MemberError, VerifiedMember } from './provider.js';

const ANY_PASSWORD = 'any password';

/** Everyone is an admin, whatever the password. */
export class NoAuthMembers extends AnonymousMembers {
  override async authenticate(username: string): Promise<Result<VerifiedMember, MemberError>> {
    return ok({ id: freshMemberId(username), profile: { ...ADMIN_PROFILE, name: username }, credential: ANY_PASSWORD });
  }

  protected override commonCredentials(): readonly string[] {
    return [ANY_PASSWORD];
  }
}
