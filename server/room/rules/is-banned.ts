import type { MemberProfile } from '../../protocol/events/profile.js';
import type { ClientPlace } from '../client-place.js';
import type { Room } from '../room-state.js';

interface Who {
  readonly id: string;
  readonly profile: MemberProfile;
  readonly place: ClientPlace;
}

/** Whether `who` is banned (X1, X2). A banned address keeps out users, not admins: they have shown the admin's password. */
export function isBanned({ bans }: Room, { id, profile, place }: Who): boolean {
  for (const ban of bans.values()) {
    if (ban.member === id) return true;
    if (ban.place?.network === place.network && !profile.is_admin) return true;
  }
  return false;
}
