import { cleanName } from '../protocol/name.js';
import type { MemberProfile } from '../protocol/profile.js';
import type { Settings } from '../protocol/settings.js';

/** A WebSocket, named by the shell; a number is never used twice. */
export type SocketId = number;

/** All times in the room are Unix epoch milliseconds on a scale that never goes back. */
export type EpochMs = number;

/** A session counts as connected while its socket is open and, when that dropped, through the grace time after it. */
export type Connection =
  | { readonly kind: 'never' }
  | { readonly kind: 'open'; readonly sinceMs: EpochMs; readonly socket: SocketId }
  | { readonly kind: 'grace'; readonly sinceMs: EpochMs; readonly untilMs: EpochMs }
  | { readonly kind: 'gone'; readonly sinceMs: EpochMs };

export type Watching =
  | { readonly kind: 'never' }
  | { readonly kind: 'watching'; readonly sinceMs: EpochMs }
  | { readonly kind: 'stopped'; readonly sinceMs: EpochMs };

export interface Session {
  readonly id: string;
  /** Opaque; whoever shows it is this session. */
  readonly token: string;
  readonly profile: MemberProfile;
  readonly connection: Connection;
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
  readonly sessions: ReadonlyMap<string, Session>;
  /** The session in control; always one of `sessions`. */
  readonly hostId: string | null;
  /** Requests for control that the host was told of: who asked -> when the asker may ask again. */
  readonly openRequests: ReadonlyMap<string, EpochMs>;
  readonly cursors: InactiveCursors;
  readonly lastUserLeftMs: EpochMs | null;
  readonly lastAdminLeftMs: EpochMs | null;
}

export interface SavedSession {
  readonly id: string;
  readonly token: string;
  readonly profile: MemberProfile;
}

/** A room as it is after start: saved sessions are there, unconnected; control protection starts with locked controls. */
export function openRoom(settings: Settings, saved: readonly SavedSession[] = []): Room {
  return {
    settings: { ...settings, locked_controls: settings.locked_controls || settings.control_protection },
    sessions: new Map(saved.map((session) => [session.id, newSession(session)])),
    hostId: null,
    openRequests: new Map(),
    cursors: settings.inactive_cursors ? { kind: 'silent' } : { kind: 'off' },
    lastUserLeftMs: null,
    lastAdminLeftMs: null,
  };
}

/** A name from an old file or a provider of somebody's own may be longer than clients may set it; it is cut. */
export function newSession(saved: SavedSession): Session {
  const profile = { ...saved.profile, name: cleanName(saved.profile.name) };
  return { ...saved, profile, connection: { kind: 'never' }, watching: { kind: 'never' }, closePeerAtMs: null };
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
