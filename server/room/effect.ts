import type { DisconnectCode } from '../protocol/errors/disconnects.js';
import type { ServerMessage } from '../protocol/events/events.js';
import type { SystemInit } from '../protocol/events/system.js';
import type { InputAction } from './input-action.js';
import type { EpochMs, SocketId } from './room-state.js';

/** The room's part of `system/init`. */
export type RoomInit = Pick<SystemInit, 'session_id' | 'control_host' | 'sessions' | 'settings'>;

/** Messages to clients, sent by the fronts over their sockets. */
export type ClientEffect =
  | { readonly kind: 'send'; readonly sockets: readonly SocketId[]; readonly message: ServerMessage }
  /** Send `system/init` and, to admins, `system/admin`. */
  | { readonly kind: 'greet'; readonly socket: SocketId; readonly init: RoomInit; readonly isAdmin: boolean }
  /** Send `system/disconnect`, then close. */
  | { readonly kind: 'disconnect'; readonly socket: SocketId; readonly reason: DisconnectCode };

/** Changes to the picture and sound of a session. */
export type ViewerEffect =
  | { readonly kind: 'pause-peer'; readonly sessionId: string; readonly paused: boolean }
  | { readonly kind: 'close-peer'; readonly sessionId: string };

/** What is done on the desktop. */
export type DesktopEffect =
  | { readonly kind: 'input'; readonly sessionId: string; readonly action: InputAction }
  /** Control passed on: waiting input of the former host is dropped, and held keys are let go. */
  | { readonly kind: 'release-input' };

/** Changes to what is saved on disk. */
export type StoreEffect = { readonly kind: 'persist' } | { readonly kind: 'persist-bans' };

/** Everything that a command has the shells do, in this order. */
export type Effect =
  | ClientEffect
  | ViewerEffect
  | DesktopEffect
  | StoreEffect
  /** The runner calls the room again at that time. */
  | { readonly kind: 'wake'; readonly atMs: EpochMs };

/** The effects of each group; one part of the server carries out one group. */
export type EffectGroups = {
  clients: ClientEffect;
  peers: ViewerEffect;
  desktop: DesktopEffect;
  store: StoreEffect;
};
