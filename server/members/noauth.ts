import { ok, type Result } from '../lib/result.js';
import { AnonymousMembers } from './anonymous-members.js';
import { ADMIN_PROFILE } from './built-in-profiles.js';
import { freshMemberId } from './member-id.js';
import type { Member, MemberError } from './provider.js';

/** Everyone is an admin, whatever the password. */
export class NoAuthMembers extends AnonymousMembers {
  override async authenticate(username: string): Promise<Result<Member, MemberError>> {
    return ok({ id: freshMemberId(username), profile: { ...ADMIN_PROFILE, name: username } });
  }
}
