import type { MemberProfile } from '../../protocol/events/profile.js';
import type { ClientPlace } from '../client-place.js';
import type { Room } from '../room-state.js';

interface Who {
  readonly id: string;
  readonly profile: MemberProfile;
  readonly place: ClientPlace;
}

/** Whether `who` is to stay out (X1, X2): an address is banned for users, for whoever has the admin's password is no stranger. */
export function isBanned({ bans }: Room, { id, profile, place }: Who): boolean {
  for (const ban of bans.values()) {
    if (ban.member === id) return true;
    if (ban.place?.network === place.network && !profile.is_admin) return true;
  }
  return false;
}
