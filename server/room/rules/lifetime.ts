import type { ClientPlace } from '../client-place.js';
import type { Draft } from '../draft.js';
import { type EpochMs, isConnected, type Session } from '../room-state.js';
import type { SessionRules } from '../session-rules.js';

/** Uses within this time of each other are one use: a session that polls costs the room nothing. */
export const USE_STEP_MS = 1_000;

/** Remembers that a session was used, and from where (T3). */
export function noteUse(draft: Draft, id: string, place: ClientPlace) {
  const session = draft.room.sessions.get(id);
  if (session === undefined) return draft.refuse('unknown-session');
  const isSamePlace = session.place.address === place.address;
  if (isSamePlace && draft.nowMs - session.usedMs < USE_STEP_MS) return;
  draft.updateSession({ ...session, usedMs: draft.nowMs, place });
}

/** Schedules the room to wake when the next session expires. A use that came meanwhile is seen then. */
export function scheduleExpiry(draft: Draft) {
  const { rules, sessions, expiryCheckMs } = draft.room;
  let firstMs = Number.POSITIVE_INFINITY;
  for (const session of sessions.values()) firstMs = Math.min(firstMs, endOf(session, rules) ?? firstMs);
  if (firstMs >= (expiryCheckMs ?? Number.POSITIVE_INFINITY)) return;
  draft.update({ expiryCheckMs: firstMs });
  draft.effect({ kind: 'wake', atMs: firstMs });
}

/** When a session expires if it is not used again, or null if never (T1, T2). */
export function endOf(session: Session, { idleMs, lifetimeMs }: SessionRules): EpochMs | null {
  const ends = [
    ...(lifetimeMs > 0 ? [session.createdMs + lifetimeMs] : []),
    ...(idleMs > 0 && !isConnected(session) ? [session.usedMs + idleMs] : []),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
}
