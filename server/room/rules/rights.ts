import type { MemberProfile } from '../../protocol/events/profile.js';
import type { Actor, Refusal } from '../command.js';
import type { Room } from '../room-state.js';
import { hostingRefusal, isHost, profileOf } from './permissions.js';

/** One condition on the actor: null where it holds, else the refusal. */
type Right = (room: Room, actor: Actor, profile: MemberProfile) => RightRefusal | null;

/** The reason of a refusal. */
export type RightRefusal = Extract<
  Refusal,
  | 'unknown-session'
  | 'not-admin'
  | 'not-host'
  | 'not-host-or-admin'
  | 'cannot-watch'
  | 'cannot-host'
  | 'cannot-access-clipboard'
  | 'private-mode'
>;

const admin: Right = (_room, _actor, { is_admin }) => (is_admin ? null : 'not-admin');
const host: Right = (room, actor) => (isHost(room, actor) ? null : 'not-host');
const hostOrAdmin: Right = (room, actor, { is_admin }) => (is_admin || isHost(room, actor) ? null : 'not-host-or-admin');
const canWatch: Right = (_room, _actor, { can_watch }) => (can_watch ? null : 'cannot-watch');
const canHost: Right = ({ settings }, _actor, profile) => hostingRefusal(settings, profile);
const canUseClipboard: Right = (_room, _actor, profile) => (profile.can_access_clipboard ? null : 'cannot-access-clipboard');

/** The conditions of each deed (room/SPEC.md RR1-RR9), in this order: the first that fails is the refusal. */
const RIGHTS = {
  watch: [canWatch],
  'set-screen': [admin],
  'use-clipboard': [canUseClipboard, host],
  'see-keyboard': [canHost],
  'set-keyboard': [host],
  'see-control': [canHost],
  'ask-for-control': [canHost],
  'release-control': [canHost],
  'take-control': [canHost, admin],
  'give-control': [canHost, hostOrAdmin],
  'reset-control': [canHost, admin],
  administer: [admin],
} satisfies Record<string, readonly Right[]>;

/** An action that takes a right. */
export type Deed = keyof typeof RIGHTS;

/** The refusal of that deed to `actor` now, or null where it is allowed. */
export function refusalOf(room: Room, actor: Actor, deed: Deed): RightRefusal | null {
  const profile = profileOf(room, actor);
  if (profile === undefined) return 'unknown-session';
  const rights: readonly Right[] = RIGHTS[deed];
  for (const right of rights) {
    const refusal = right(room, actor, profile);
    if (refusal !== null) return refusal;
  }
  return null;
}
