import type { MemberProfile } from '../protocol/events/profile.js';
import type { Settings } from '../protocol/events/settings.js';
import { cleanName } from '../protocol/name.js';
import type { ClientPlace } from './client-place.js';
import type { SessionRules } from './session-rules.js';

/** A front's way to one client, such as a WebSocket; the runner gives the numbers, none of them twice. */
export type SocketId = number;

/** All times in the room are Unix epoch milliseconds on a scale that never goes back. */
export type EpochMs = number;

/** A session counts as connected while its socket is open and, when that dropped, through the grace time after it. */
export type SessionConnection =
  | { readonly kind: 'never' }
  | { readonly kind: 'open'; readonly sinceMs: EpochMs; readonly socket: SocketId }
  | { readonly kind: 'grace'; readonly sinceMs: EpochMs; readonly untilMs: EpochMs }
  | { readonly kind: 'gone'; readonly sinceMs: EpochMs };

export type Watching =
  | { readonly kind: 'never' }
  | { readonly kind: 'watching'; readonly sinceMs: EpochMs }
  | { readonly kind: 'stopped'; readonly sinceMs: EpochMs };

/** Keeps out a member, an address, or both. */
export interface Ban {
  readonly id: string;
  readonly member: string | null;
  readonly place: ClientPlace | null;
  readonly bannedMs: EpochMs;
  /** The admin who banned. */
  readonly by: string;
}

/** The parts of a new session that its login gives. */
export interface NewSession {
  readonly id: string;
  /** Opaque; a request that shows it acts as this session. */
  readonly token: string;
  /** The token's digest, by which the session is found. */
  readonly tokenDigest: string;
  readonly profile: MemberProfile;
  readonly place: ClientPlace;
  /** A mark of the password of this login, to check whether it is still valid; null where that is unknown. */
  readonly passwordMark: string | null;
}

/** The part of a session that outlives a restart. */
export interface SavedSession extends NewSession {
  readonly createdMs: EpochMs;
  /** Null: the session was connected when it was saved. */
  readonly usedMs: EpochMs | null;
}

export interface Session extends NewSession {
  readonly createdMs: EpochMs;
  /** When it was last used; while it is connected, that is now. */
  readonly usedMs: EpochMs;
  readonly connection: SessionConnection;
  readonly watching: Watching;
  /** When the peer is to be closed, because the profile no longer allows it. */
  readonly closePeerAtMs: EpochMs | null;
}

/** Positions of viewers who are not in control, collected between two ticks. */
export type InactiveCursors =
  | { readonly kind: 'off' }
  | { readonly kind: 'silent' }
  | {
      readonly kind: 'collecting';
      readonly tickAtMs: EpochMs;
      readonly positions: ReadonlyMap<string, readonly CursorPosition[]>;
    };

export interface CursorPosition {
  readonly x: number;
  readonly y: number;
}

export interface Room {
  readonly settings: Settings;
  readonly rules: SessionRules;
  readonly sessions: ReadonlyMap<string, Session>;
  /** Token digest -> id of the session whose token it is. */
  readonly idsByToken: ReadonlyMap<string, string>;
  readonly bans: ReadonlyMap<string, Ban>;
  /** When the room next looks for expired sessions; no later than the first of them expires. */
  readonly expiryCheckMs: EpochMs | null;
  /** The session in control; always one of `sessions`. */
  readonly hostId: string | null;
  /** Requests for control that were passed to the host: id of the asker -> when it may ask again. */
  readonly openRequests: ReadonlyMap<string, EpochMs>;
  readonly cursors: InactiveCursors;
  readonly lastUserLeftMs: EpochMs | null;
  readonly lastAdminLeftMs: EpochMs | null;
}

export interface RoomStart {
  readonly settings: Settings;
  readonly rules: SessionRules;
  readonly saved: readonly SavedSession[];
  readonly bans?: readonly Ban[];
  readonly nowMs: EpochMs;
}

/** A room as it is after start: saved sessions are there, unconnected; control protection starts with locked controls. */
export function startingRoom({ settings, rules, saved, bans = [], nowMs }: RoomStart): Room {
  return {
    settings: { ...settings, locked_controls: settings.locked_controls || settings.control_protection },
    rules,
    sessions: new Map(saved.map((session) => [session.id, restoredSession(session, nowMs)])),
    idsByToken: new Map(saved.map(({ id, tokenDigest }) => [tokenDigest, id])),
    bans: new Map(bans.map((ban) => [ban.id, ban])),
    expiryCheckMs: null,
    hostId: null,
    openRequests: new Map(),
    cursors: settings.inactive_cursors ? { kind: 'silent' } : { kind: 'off' },
    lastUserLeftMs: null,
    lastAdminLeftMs: null,
  };
}

export function newSession(made: NewSession, nowMs: EpochMs): Session {
  return restoredSession({ ...made, createdMs: nowMs, usedMs: nowMs }, nowMs);
}

/**
 * A name from an old file or a custom provider may be longer than clients may set it; it is cut. A file from a machine with
 * another clock may hold times in the future; they count as now.
 */
function restoredSession(saved: SavedSession, nowMs: EpochMs): Session {
  return {
    ...saved,
    profile: { ...saved.profile, name: cleanName(saved.profile.name) },
    createdMs: Math.min(saved.createdMs, nowMs),
    usedMs: Math.min(saved.usedMs ?? nowMs, nowMs),
    connection: { kind: 'never' },
    watching: { kind: 'never' },
    closePeerAtMs: null,
  };
}

/** All sessions as they are to be saved. */
export function savedSessions(room: Room): SavedSession[] {
  return [...room.sessions.values()].map((session) => ({
    id: session.id,
    token: session.token,
    tokenDigest: session.tokenDigest,
    profile: session.profile,
    place: session.place,
    passwordMark: session.passwordMark,
    createdMs: session.createdMs,
    usedMs: isConnected(session) ? null : session.usedMs,
  }));
}

export function isConnected(session: Session): boolean {
  return session.connection.kind === 'open' || session.connection.kind === 'grace';
}

export function isWatching(session: Session): boolean {
  return session.watching.kind === 'watching';
}

/** The socket of a session, if one is open. */
export function socketOf(session: Session | undefined): SocketId | null {
  return session?.connection.kind === 'open' ? session.connection.socket : null;
}

export function connectedAdmins(room: Room): number {
  return [...room.sessions.values()].filter((session) => isConnected(session) && session.profile.is_admin).length;
}

export function connectedUsers(room: Room): number {
  return [...room.sessions.values()].filter((session) => isConnected(session) && !session.profile.is_admin).length;
}
