import { err, ok, type Result } from '../lib/result.js';
import type { MemberProfile } from '../protocol/events/profile.js';
import type { Member, MemberError, MemberProvider, VerifiedMember } from './provider.js';

/** The member functions of providers without accounts: their members exist as sessions only. */
export abstract class AnonymousMembers implements MemberProvider {
  abstract authenticate(username: string, password: string): Promise<Result<VerifiedMember, MemberError>>;

  /** The credentials that every session may have been opened with. */
  protected abstract commonCredentials(): readonly string[];

  async credentials(ids: readonly string[]): Promise<Result<ReadonlyMap<string, readonly string[]>, MemberError>> {
    return ok(new Map(ids.map((id) => [id, this.commonCredentials()])));
  }

  async list(): Promise<Result<readonly Member[], MemberError>> {
    return ok([]);
  }

  async insert(): Promise<Result<Member, MemberError>> {
    return err('unsupported');
  }

  async select(): Promise<Result<MemberProfile, MemberError>> {
    return err('unsupported');
  }

  async updateProfile(): Promise<Result<void, MemberError>> {
    return err('unsupported');
  }

  async updatePassword(): Promise<Result<void, MemberError>> {
    return err('unsupported');
  }

  async delete(): Promise<Result<void, MemberError>> {
    return err('unsupported');
  }
}
