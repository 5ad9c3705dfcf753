import type { ControlHost } from '../protocol/events/control.js';
import type { SessionData, SessionState } from '../protocol/events/session.js';
import type { RoomInit } from './effect.js';
import { type EpochMs, isConnected, isWatching, type Room, type Session } from './room-state.js';

/** RFC 3339 in UTC with milliseconds. */
export function wireTime(epochMs: EpochMs): string {
  return new Date(epochMs).toISOString();
}

/** The state of a session as clients see it: a time is present only once its event has happened. */
export function sessionState(session: Session): SessionState {
  const { connection, watching } = session;
  return {
    is_connected: isConnected(session),
    ...(isConnected(session) && connection.kind !== 'never' && { connected_since: wireTime(connection.sinceMs) }),
    ...(connection.kind === 'gone' && { not_connected_since: wireTime(connection.sinceMs) }),
    is_watching: isWatching(session),
    ...(watching.kind === 'watching' && { watching_since: wireTime(watching.sinceMs) }),
    ...(watching.kind === 'stopped' && { not_watching_since: wireTime(watching.sinceMs) }),
  };
}

export function sessionData(session: Session): SessionData {
  return { id: session.id, profile: session.profile, state: sessionState(session) };
}

/** The `control/host` message; `actor` is the session that caused the change, empty where none did. */
export function controlHost(room: Room, actor: string): ControlHost {
  return room.hostId === null ? { id: actor, has_host: false } : { id: actor, has_host: true, host_id: room.hostId };
}

export function roomInit(room: Room, sessionId: string): RoomInit {
  return {
    session_id: sessionId,
    control_host: controlHost(room, ''),
    sessions: Object.fromEntries([...room.sessions].map(([id, session]) => [id, sessionData(session)])),
    settings: room.settings,
  };
}
