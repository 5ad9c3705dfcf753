import type { MemberProfile } from '../protocol/events/profile.js';
import type { SettingsPatch } from '../protocol/events/settings.js';
import type { ClientPlace } from './client-place.js';
import type { InputAction } from './input-action.js';
import type { Ban, NewSession, SocketId } from './room-state.js';

/** The one who acts: a session, or the holder of the API token. */
export type Actor = { readonly kind: 'session'; readonly id: string } | { readonly kind: 'api' };

/** The name that the holder of the API token goes by on the wire. It is in no list of sessions. */
export const API_ID = 'API';

export function actorId(actor: Actor): string {
  return actor.kind === 'api' ? API_ID : actor.id;
}

/** How a socket ended: its line was cut, or it was closed on purpose, or with the page that had it. */
export type SocketClosure = 'lost' | 'closed' | 'page-left';

/** Everything that can happen to a room. */
export type Command =
  /** Credentials were right: a session is to be made. */
  | { readonly kind: 'login'; readonly session: NewSession }
  | { readonly kind: 'delete-session'; readonly id: string }
  /** A request showed the session's token. */
  | { readonly kind: 'use'; readonly id: string; readonly place: ClientPlace }
  /** An admin keeps somebody out, or takes that back. */
  | { readonly kind: 'ban'; readonly ban: Omit<Ban, 'bannedMs'> }
  | { readonly kind: 'lift-ban'; readonly id: string }
  /** An admin ends the connection and the peer; session and token stay. */
  | { readonly kind: 'disconnect-session'; readonly id: string }
  | { readonly kind: 'connect'; readonly id: string; readonly socket: SocketId }
  /** `clean`: closed on purpose, so that no reconnect is awaited. */
  | { readonly kind: 'socket-closed'; readonly id: string; readonly socket: SocketId; readonly end: SocketClosure }
  | { readonly kind: 'watching'; readonly id: string; readonly watching: boolean }
  | { readonly kind: 'set-profile'; readonly id: string; readonly profile: MemberProfile }
  | { readonly kind: 'set-settings'; readonly actor: Actor; readonly patch: SettingsPatch }
  /** `implicit`: implicit hosting counts, as it does for everything that comes over the WebSocket. */
  | { readonly kind: 'request-control'; readonly actor: Actor; readonly implicit: boolean }
  | { readonly kind: 'release-control'; readonly actor: Actor }
  | { readonly kind: 'take-control'; readonly actor: Actor }
  | { readonly kind: 'give-control'; readonly actor: Actor; readonly to: string }
  | { readonly kind: 'reset-control'; readonly actor: Actor }
  /** `asks`: the input also asks for control, as input over the WebSocket does. */
  | { readonly kind: 'input'; readonly id: string; readonly actions: readonly InputAction[]; readonly asks: boolean }
  /** Time has passed; sent when a wake effect asked for it. */
  | { readonly kind: 'tick' };

/** Why a command changed nothing. */
export type Refusal =
  | 'logins-locked'
  | 'already-connected'
  | 'banned'
  | 'too-many-sessions'
  | 'too-many-bans'
  | 'unknown-ban'
  | 'unknown-session'
  | 'login-disabled'
  | 'connection-disabled'
  | 'cannot-host'
  | 'private-mode'
  | 'already-host'
  | 'controls-locked'
  | 'host-was-asked'
  | 'not-host'
  | 'not-admin'
  | 'not-host-or-admin'
  | 'cannot-watch'
  | 'cannot-access-clipboard'
  | 'target-cannot-host';
