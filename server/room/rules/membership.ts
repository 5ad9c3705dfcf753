import type { MemberProfile } from '../../protocol/events/profile.js';
import type { Draft } from '../draft.js';
import { isConnected, type NewSession, newSession, type Session } from '../room-state.js';
import { sessionData } from '../wire-view.js';
import { makeRoom } from './capacity.js';
import { endConnection } from './connections.js';
import { deleteSession } from './delete-session.js';
import { clearHost } from './hosting.js';
import { isBanned } from './is-banned.js';
import { endOf, scheduleExpiry } from './lifetime.js';
import { isPaused, mayWatch } from './permissions.js';

/** How long the peer of a viewer who may no longer watch stays, without picture and sound; neko's clients expect it. */
export const CLOSE_PEER_AFTER_MS = 1_000;

/** Makes a session for a member whose credentials were right (M1-M3). */
export function login(draft: Draft, made: NewSession) {
  if (isBanned(draft.room, made)) return draft.refuse('banned');
  if (draft.room.settings.locked_logins && !made.profile.is_admin) return draft.refuse('logins-locked');
  const existing = draft.room.sessions.get(made.id);
  if (existing !== undefined && isConnected(existing)) return draft.refuse('already-connected');
  if (existing !== undefined) deleteSession(draft, made.id);
  if (!makeRoom(draft, made)) return draft.refuse('too-many-sessions');
  const session = newSession(made, draft.nowMs);
  draft.addSession(session);
  scheduleExpiry(draft);
  draft.effect({ kind: 'persist' });
  draft.broadcast({ event: 'session/created', payload: sessionData(session) });
}

/** An admin ends connection and peer; the session stays (M5). */
export function disconnectSession(draft: Draft, id: string) {
  const session = draft.room.sessions.get(id);
  if (session === undefined) return draft.refuse('unknown-session');
  endConnection(draft, session, 'session-disconnected');
  draft.effect({ kind: 'close-peer', sessionId: id });
}

/** A new profile and what follows from it, in this order (M6-M9). */
export function setProfile(draft: Draft, id: string, profile: MemberProfile) {
  const before = draft.room.sessions.get(id);
  if (before === undefined) return draft.refuse('unknown-session');
  draft.updateSession({ ...before, profile });
  draft.effect({ kind: 'persist' });
  draft.broadcast({ event: 'session/profile', payload: { id, ...profile } });
  if (before.profile.can_host && !profile.can_host && draft.room.hostId === id) clearHost(draft, id);
  draft.effect({ kind: 'pause-peer', sessionId: id, paused: isPaused(draft.room.settings, profile) });
  schedulePeerClose(draft, { ...before, profile });
  const session = draft.room.sessions.get(id);
  if (session !== undefined && isConnected(session) && !(profile.can_connect && profile.can_login)) {
    endConnection(draft, session, 'profile-changed');
  }
}

function schedulePeerClose(draft: Draft, session: Session) {
  const wanted = !mayWatch(session.profile);
  if (wanted === (session.closePeerAtMs !== null)) return;
  const closePeerAtMs = wanted ? draft.nowMs + CLOSE_PEER_AFTER_MS : null;
  draft.updateSession({ ...session, closePeerAtMs });
  if (closePeerAtMs !== null) draft.effect({ kind: 'wake', atMs: closePeerAtMs });
}

/** Closes the peers whose grace time is over. */
export function closeForbiddenPeers(draft: Draft) {
  for (const session of draft.room.sessions.values()) {
    if (session.closePeerAtMs === null || draft.nowMs < session.closePeerAtMs) continue;
    draft.updateSession({ ...session, closePeerAtMs: null });
    draft.effect({ kind: 'close-peer', sessionId: session.id });
  }
}

/** Ends the sessions that have expired (T1, T2), and schedules the next wake-up. */
export function expireSessions(draft: Draft) {
  const { rules, sessions, expiryCheckMs } = draft.room;
  if (expiryCheckMs !== null && draft.nowMs >= expiryCheckMs) draft.update({ expiryCheckMs: null });
  for (const session of sessions.values()) {
    const endMs = endOf(session, rules);
    if (endMs !== null && draft.nowMs >= endMs) deleteSession(draft, session.id, 'session-expired');
  }
  scheduleExpiry(draft);
}
