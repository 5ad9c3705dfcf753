import type { CheckState } from './check/connection-check.js';
import type { CursorMessage } from './media/media-link.js';
import { NO_PEER, type PeerPhase } from './media/peer-policy.js';
import type { RoomView } from './room-view.js';
import { type SessionPolicyState, SIGNED_OUT } from './session-policy.js';

/** The state of the connection that the page shows; replaced as a whole on every change. */
export interface Snapshot {
  readonly session: SessionPolicyState;
  readonly peer: PeerPhase;
  readonly room: RoomView | null;
  readonly stream: MediaStream | null;
  readonly roundTripMs: number | null;
  /** Until when logins are refused for too many wrong passwords, on the clock's scale; else null. */
  readonly loginBlockedUntilMs: number | null;
  /** The connection check, if one was started. */
  readonly check: CheckState;
}

export type CursorPicture = CursorMessage & { kind: 'cursor-image' };
export type CursorPoint = CursorMessage & { kind: 'cursor-position' };

/** `picture-ends` comes before a peer is closed, while its last frame can still be read. */
export type ConnectionEvents = {
  change: Snapshot;
  cursor: CursorPicture;
  position: CursorPoint;
  clipboard: string;
  /** Why the desktop's clipboard did not come. */
  'clipboard-refused': string;
  'picture-ends': null;
};

export const FIRST_SNAPSHOT: Snapshot = {
  session: SIGNED_OUT,
  peer: NO_PEER.peer,
  room: null,
  stream: null,
  roundTripMs: null,
  loginBlockedUntilMs: null,
  check: { kind: 'idle' },
};
