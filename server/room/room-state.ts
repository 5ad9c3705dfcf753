import type { MemberProfile } from '../protocol/events/profile.js';
import type { Settings } from '../protocol/events/settings.js';
import { cleanName } from '../protocol/name.js';
import type { ClientPlace } from './client-place.js';
import type { SessionRules } from './session-rules.js';

/** What a front reaches one client by, such as a WebSocket; the runner gives the numbers, none of them twice. */
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
  /** Who did it. */
  readonly by: string;
}

/** What a login makes a session from. */
export interface NewSession {
  readonly id: string;
  /** Opaque; whoever shows it is this session. */
  readonly token: string;
  /** What the session is found by when its token is shown. */
  readonly tokenDigest: string;
  readonly profile: MemberProfile;
  readonly place: ClientPlace;
  /** Tells whether the password of this login still counts; null where nobody can tell. */
  readonly passwordMark: string | null;
}

/** What outlives a restart. */
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
  /** When the room will look for sessions that are over; no later than the first of them is. */
  readonly expiryCheckMs: EpochMs | null;
  /** The session in control; always one of `sessions`. */
  readonly hostId: string | null;
  /** Requests for control that the host was told of: who asked -> when the asker may ask again. */
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
 * A name from an old file or a provider of somebody's own may be longer than clients may set it; it is cut. A file of another
 * clock may hold times that are yet to come; they count as now.
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
