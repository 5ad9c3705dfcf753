import { AppError } from '../protocol/errors/app-error.js';
import type { PlainErrorCode } from '../protocol/errors/http-errors.js';
import type { MemberProfile } from '../protocol/profile.js';
import type { Actor } from '../room/command.js';
import { hostingRefusal, isHost } from '../room/permissions.js';
import type { Room } from '../room/room-state.js';

/** Throws what the caller is told when it may not pass (http.md section 1.6). */
export type Guard = (room: Room, actor: Actor, profile: MemberProfile) => void;

function check(passes: (room: Room, actor: Actor, profile: MemberProfile) => boolean, code: PlainErrorCode): Guard {
  return (room, actor, profile) => {
    if (!passes(room, actor, profile)) throw new AppError(code);
  };
}

export const isAdmin = check((_room, _actor, profile) => profile.is_admin, 'not-admin');
export const isTheHost = check(isHost, 'not-host');
export const isHostOrAdmin = check((room, actor, profile) => isHost(room, actor) || profile.is_admin, 'not-host-or-admin');
export const canWatch = check((_room, _actor, profile) => profile.can_watch, 'cannot-watch');
export const canUseClipboard = check((_room, _actor, profile) => profile.can_access_clipboard, 'cannot-access-clipboard');

export const canHost: Guard = (room, _actor, profile) => {
  const refusal = hostingRefusal(room.settings, profile);
  if (refusal === 'private-mode') throw new AppError('private-mode');
  if (refusal !== null) throw new AppError('cannot-host');
};
