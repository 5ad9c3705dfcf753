import { AppError } from '../lib/errors.js';
import { type MemberProfile, type MemberProfilePatch, mergeProfile } from '../protocol/profile.js';
import type { MemberError } from './ports.js';
import type { Services } from './services.js';

/** What a refusal of the member provider is to a client; how its storage failed is not for clients. */
export function memberError(error: MemberError): AppError {
  if (error === 'not-found') return new AppError(404, 'member not found');
  if (error === 'exists') return new AppError(422, 'member already exists');
  return new AppError(500, 'Internal Server Error');
}

/** A live session's profile wins over the stored one. */
export async function profileOfMember({ room, members }: Services, id: string): Promise<MemberProfile> {
  const live = room.state.sessions.get(id);
  if (live !== undefined) return live.profile;
  const stored = await members.select(id);
  if (!stored.ok) throw memberError(stored.error);
  return stored.value;
}

/** Merges into the member's profile, in the live session and in the store; a provider without a store has sessions only. */
export async function updateMember(services: Services, id: string, patch: MemberProfilePatch): Promise<void> {
  const profile = mergeProfile(await profileOfMember(services, id), patch);
  const live = services.room.apply({ kind: 'set-profile', id, profile }) === null;
  const stored = await services.members.updateProfile(id, profile);
  if (!stored.ok && !(live && stored.error === 'unsupported')) throw memberError(stored.error);
}

/** Sets the password and ends the session that the old one opened. */
export async function changePassword({ members, room, passwordChanges }: Services, id: string, password: string): Promise<void> {
  const changed = await members.updatePassword(id, password);
  if (!changed.ok) throw memberError(changed.error);
  passwordChanges.count += 1;
  room.apply({ kind: 'delete-session', id });
}

/** Deletes the live session, then the record; a provider without a store has sessions only. */
export async function deleteMember(services: Services, id: string): Promise<void> {
  const live = services.room.apply({ kind: 'delete-session', id }) === null;
  const stored = await services.members.delete(id);
  if (stored.ok) {
    services.passwordChanges.count += 1;
    // A login that came between had not heard of it.
    services.room.apply({ kind: 'delete-session', id });
  }
  if (!stored.ok && !(live && stored.error === 'unsupported')) throw memberError(stored.error);
}
