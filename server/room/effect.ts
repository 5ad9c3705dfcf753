import type { ServerMessage } from '../protocol/events.js';
import type { DisconnectReason, SystemInit } from '../protocol/system.js';
import type { EpochMs, SocketId } from './room-state.js';

/** The room's part of `system/init`. */
export type RoomInit = Pick<SystemInit, 'session_id' | 'control_host' | 'sessions' | 'settings'>;

/** What the shell has to do, in this order. */
export type Effect =
  | { readonly kind: 'send'; readonly sockets: readonly SocketId[]; readonly message: ServerMessage }
  /** Send `system/init` and, to admins, `system/admin`. */
  | { readonly kind: 'greet'; readonly socket: SocketId; readonly init: RoomInit; readonly isAdmin: boolean }
  /** Send `system/disconnect`, then close. */
  | { readonly kind: 'disconnect'; readonly socket: SocketId; readonly reason: DisconnectReason }
  | { readonly kind: 'release-input' }
  | { readonly kind: 'pause-peer'; readonly sessionId: string; readonly paused: boolean }
  | { readonly kind: 'close-peer'; readonly sessionId: string }
  | { readonly kind: 'persist' }
  | { readonly kind: 'persist-bans' }
  | { readonly kind: 'wake'; readonly atMs: EpochMs };
