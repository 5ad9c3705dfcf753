import { AppError } from '../protocol/errors/app-error.js';
import { type MemberProfile, type MemberProfilePatch, mergeProfile } from '../protocol/events/profile.js';
import type { MemberError } from './ports.js';
import type { Services } from './services.js';

/** The error for a refusal of the member provider; clients do not see how its storage failed. */
export function memberError(error: MemberError): AppError {
  if (error === 'not-found') return new AppError('member-not-found');
  if (error === 'exists') return new AppError('member-exists');
  return new AppError('internal');
}

/** A live session's profile wins over the stored one. */
export async function profileOfMember({ room, members }: Services, id: string): Promise<MemberProfile> {
  const live = room.state.sessions.get(id);
  if (live !== undefined) return live.profile;
  const stored = await members.select(id);
  if (!stored.ok) throw memberError(stored.error);
  return stored.value;
}

/**
 * Merges into the member's profile, first in the store, then in the live session: a store that fails leaves both unchanged.
 * A provider without a store has sessions only.
 */
export function updateMember(services: Services, id: string, patch: MemberProfilePatch): Promise<void> {
  return services.memberTurns.take(async () => {
    const profile = mergeProfile(await profileOfMember(services, id), patch);
    const stored = await services.members.updateProfile(id, profile);
    if (!stored.ok && stored.error !== 'unsupported') throw memberError(stored.error);
    const live = services.room.apply({ kind: 'set-profile', id, profile }) === null;
    if (!stored.ok && !live) throw memberError(stored.error);
  });
}

/** Sets the password and ends the session that the old one opened. */
export function changePassword(services: Services, id: string, password: string): Promise<void> {
  const { members, room, passwordChanges, memberTurns } = services;
  return memberTurns.take(async () => {
    const changed = await members.updatePassword(id, password);
    if (!changed.ok) throw memberError(changed.error);
    passwordChanges.count += 1;
    room.apply({ kind: 'delete-session', id });
  });
}

/** Deletes the record, then the live session; a provider without a store has sessions only. */
export function deleteMember(services: Services, id: string): Promise<void> {
  const { members, room, passwordChanges, memberTurns } = services;
  return memberTurns.take(async () => {
    const stored = await members.delete(id);
    if (!stored.ok && stored.error === 'failed') throw memberError(stored.error);
    passwordChanges.count += 1;
    // A session without a record ends, too.
    const live = room.apply({ kind: 'delete-session', id }) === null;
    if (!stored.ok && !(live && stored.error === 'unsupported')) throw memberError(stored.error);
  });
}
