import type { Result } from '../lib/result.js';
import type { MemberProfile } from '../protocol/events/profile.js';

/** Why a provider refused. `unsupported`: this provider keeps no members. `failed`: its storage does not work. */
export type MemberError = 'wrong-credentials' | 'not-found' | 'exists' | 'unsupported' | 'failed';

export interface Member {
  readonly id: string;
  readonly profile: MemberProfile;
}

/** The member whose right password was given. */
export interface VerifiedMember extends Member {
  /** Stands for that password: one of `credentials` while the password is valid. */
  readonly credential: string;
}

/** Who may log in, and as what. Every profile handed out is the caller's own. */
export interface MemberProvider {
  authenticate(username: string, password: string): Promise<Result<VerifiedMember, MemberError>>;
  /**
   * The passwords that are valid now for these members, each as a text that differs for each password. Unknown members are
   * left out. Passwords could be guessed from the texts, so they stay in the process.
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
