import type { Draft } from '../draft.js';
import type { Ban } from '../room-state.js';
import { deleteSession } from './delete-session.js';
import { isBanned } from './is-banned.js';

/** Remembers a ban, and ends the sessions that it is about (X3). */
export function ban(draft: Draft, made: Omit<Ban, 'bannedMs'>) {
  const { bans, rules, sessions } = draft.room;
  if (bans.size >= rules.bans) return draft.refuse('too-many-bans');
  draft.update({ bans: new Map(bans).set(made.id, { ...made, bannedMs: draft.nowMs }) });
  draft.effect({ kind: 'persist-bans' });
  for (const session of sessions.values()) {
    if (isBanned(draft.room, session)) deleteSession(draft, session.id, 'banned');
  }
}

export function liftBan(draft: Draft, id: string) {
  const bans = new Map(draft.room.bans);
  if (!bans.delete(id)) return draft.refuse('unknown-ban');
  draft.update({ bans });
  draft.effect({ kind: 'persist-bans' });
}
