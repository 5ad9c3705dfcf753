import type { DisconnectCode } from '../../protocol/errors/disconnects.js';
import type { Refusal, SocketClosure } from '../command.js';
import type { Draft } from '../draft.js';
import { connectedAdmins, connectedUsers, isConnected, type Session, type SocketId, socketOf } from '../room-state.js';
import { roomInit, sessionState } from '../wire-view.js';
import { clearHost, withdrawRequest } from './hosting.js';
import { isBanned } from './is-banned.js';
import { scheduleExpiry } from './lifetime.js';
import { lockWithoutAdmins, unlockForAdmin } from './settings-rules.js';

/** How long a session whose socket dropped still counts as connected. */
export const GRACE_MS = 5_000;

/** A socket opens (S1-S4). A refused socket is sent the reason before it is closed. */
export function connect(draft: Draft, id: string, socket: SocketId) {
  const session = draft.room.sessions.get(id);
  if (session === undefined) return turnAway(draft, socket, 'unknown-session');
  const { profile, connection } = session;
  if (isBanned(draft.room, session)) return turnAway(draft, socket, 'banned');
  if (!profile.can_login) return turnAway(draft, socket, 'login-disabled');
  if (!profile.can_connect) return turnAway(draft, socket, 'connection-disabled');
  if (isConnected(session) && !draft.room.settings.merciful_reconnect) {
    return turnAway(draft, socket, 'already-connected');
  }
  const sinceMs = connection.kind === 'open' || connection.kind === 'grace' ? connection.sinceMs : draft.nowMs;
  draft.updateSession({ ...session, connection: { kind: 'open', sinceMs, socket } });
  draft.effect({ kind: 'greet', socket, init: roomInit(draft.room, id), isAdmin: profile.is_admin });
  if (profile.is_admin) unlockForAdmin(draft, id);
  broadcastState(draft, id);
  const replaced = socketOf(session);
  if (replaced !== null) draft.effect({ kind: 'disconnect', socket: replaced, reason: 'connection-replaced' });
}

function turnAway(draft: Draft, socket: SocketId, refusal: Refusal & DisconnectCode) {
  draft.refuse(refusal);
  draft.effect({ kind: 'disconnect', socket, reason: refusal });
}

/** A socket closed (S5-S7). The socket of a connection that was replaced no longer means anything. */
export function socketClosed(draft: Draft, id: string, socket: SocketId, end: SocketClosure) {
  const session = draft.room.sessions.get(id);
  if (session?.connection.kind !== 'open' || session.connection.socket !== socket) return;
  // A page that is gone cannot say goodbye to its viewer.
  if (end === 'page-left') draft.effect({ kind: 'close-peer', sessionId: id });
  if (end !== 'lost') return leave(draft, session);
  const untilMs = draft.nowMs + GRACE_MS;
  draft.updateSession({ ...session, connection: { kind: 'grace', sinceMs: session.connection.sinceMs, untilMs } });
  draft.effect({ kind: 'wake', atMs: untilMs });
}

/** Ends the connections whose grace time is over. */
export function expireGrace(draft: Draft) {
  for (const session of draft.room.sessions.values()) {
    if (session.connection.kind === 'grace' && draft.nowMs >= session.connection.untilMs) leave(draft, session);
  }
}

/** Ends a connection from our side (S8): first all others are notified, then the socket is sent the reason and closed. */
export function endConnection(draft: Draft, session: Session, reason: DisconnectCode) {
  const socket = socketOf(session);
  if (isConnected(session)) leave(draft, session);
  if (socket !== null) draft.effect({ kind: 'disconnect', socket, reason });
}

/** The consequences of a disconnect: control, control protection, state, in this order (S9). */
function leave(draft: Draft, session: Session) {
  draft.updateSession({ ...session, usedMs: draft.nowMs, connection: { kind: 'gone', sinceMs: draft.nowMs } });
  scheduleExpiry(draft);
  withdrawRequest(draft, session.id);
  if (draft.room.hostId === session.id) clearHost(draft, session.id);
  if (session.profile.is_admin) {
    lockWithoutAdmins(draft, session.id);
    if (connectedAdmins(draft.room) === 0) draft.update({ lastAdminLeftMs: draft.nowMs });
  } else if (connectedUsers(draft.room) === 0) {
    draft.update({ lastUserLeftMs: draft.nowMs });
  }
  broadcastState(draft, session.id);
}

/** The server-side peer connected or is gone. */
export function setWatching(draft: Draft, id: string, watching: boolean) {
  const session = draft.room.sessions.get(id);
  if (session === undefined || (session.watching.kind === 'watching') === watching) return;
  draft.updateSession({ ...session, watching: { kind: watching ? 'watching' : 'stopped', sinceMs: draft.nowMs } });
  broadcastState(draft, id);
}

function broadcastState(draft: Draft, id: string) {
  const session = draft.room.sessions.get(id);
  if (session !== undefined) draft.broadcast({ event: 'session/state', payload: { id, ...sessionState(session) } });
}
