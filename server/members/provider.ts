import type { Result } from '../lib/result.js';
import type { MemberProfile } from '../protocol/profile.js';

/** Why a provider refused. `unsupported`: this provider keeps no members. `failed`: its storage does not work. */
export type MemberError = 'wrong-credentials' | 'not-found' | 'exists' | 'unsupported' | 'failed';

export interface Member {
  readonly id: string;
  readonly profile: MemberProfile;
}

/** Who may log in, and as what (spec/model.md section 2). Every profile handed out is the caller's own. */
export interface MemberProvider {
  authenticate(username: string, password: string): Promise<Result<Member, MemberError>>;
  /** `limit` 0 means all. */
  list(limit: number, offset: number): Promise<Result<readonly Member[], MemberError>>;
  insert(username: string, password: string, profile: MemberProfile): Promise<Result<Member, MemberError>>;
  select(id: string): Promise<Result<MemberProfile, MemberError>>;
  updateProfile(id: string, profile: MemberProfile): Promise<Result<void, MemberError>>;
  updatePassword(id: string, password: string): Promise<Result<void, MemberError>>;
  delete(id: string): Promise<Result<void, MemberError>>;
}
