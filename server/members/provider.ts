import type { Result } from '../lib/result.js';
import type { MemberProfile } from '../protocol/events/profile.js';

/** Why a provider refused. `unsupported`: this provider keeps no members. `failed`: its storage does not work. */
export type MemberError = 'wrong-credentials' | 'not-found' | 'exists' | 'unsupported' | 'failed';

export interface Member {
  readonly id: string;
  readonly profile: MemberProfile;
}

/** Who showed a right password. */
export interface VerifiedMember extends Member {
  /** Stands for that password: one of `credentials` as long as it counts. */
  readonly credential: string;
}

/** Who may log in, and as what. Every profile handed out is the caller's own. */
export interface MemberProvider {
  authenticate(username: string, password: string): Promise<Result<VerifiedMember, MemberError>>;
  /**
   * What sessions of these members may have been opened with: a text for each password that counts now, another text for
   * another password. Members that are not there are left out. The texts can be guessed from: they stay in the process.
   */
  credentials(ids: readonly string[]): Promise<Result<ReadonlyMap<string, readonly string[]>, MemberError>>;
  /** `limit` 0 means all. */
  list(limit: number, offset: number): Promise<Result<readonly Member[], MemberError>>;
  insert(username: string, password: string, profile: MemberProfile): Promise<Result<Member, MemberError>>;
  select(id: string): Promise<Result<MemberProfile, MemberError>>;
  updateProfile(id: string, profile: MemberProfile): Promise<Result<void, MemberError>>;
  updatePassword(id: string, password: string): Promise<Result<void, MemberError>>;
  delete(id: string): Promise<Result<void, MemberError>>;
}
