import type { MemberProfile } from '../protocol/profile.js';
import { deleteSession } from './delete-session.js';
import type { Draft } from './draft.js';
import type { ClientPlace, EpochMs, Room } from './room-state.js';

/** Keeps out a member, an address, or both. */
export interface Ban {
  readonly id: string;
  readonly member: string | null;
  readonly place: ClientPlace | null;
  readonly bannedMs: EpochMs;
  /** Who did it. */
  readonly by: string;
}

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

/** Remembers a ban, and ends the sessions that it is about (X3). */
export function ban(draft: Draft, made: Omit<Ban, 'bannedMs'>) {
  const { bans, rules, sessions } = draft.room;
  if (bans.size >= rules.bans) return draft.refuse('too-many-bans');
  draft.update({ bans: new Map(bans).set(made.id, { ...made, bannedMs: draft.nowMs }) });
  draft.effect({ kind: 'persist-bans' });
  for (const session of sessions.values()) {
    if (isBanned(draft.room, session)) deleteSession(draft, session.id, 'you are banned');
  }
}

export function liftBan(draft: Draft, id: string) {
  const bans = new Map(draft.room.bans);
  if (!bans.delete(id)) return draft.refuse('unknown-ban');
  draft.update({ bans });
  draft.effect({ kind: 'persist-bans' });
}
