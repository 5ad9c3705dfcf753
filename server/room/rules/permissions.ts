import type { MemberProfile } from '../../protocol/events/profile.js';
import type { Settings } from '../../protocol/events/settings.js';
import type { Actor } from '../command.js';
import type { Room } from '../room-state.js';

/** The rights of the holder of the API token. */
export const API_PROFILE: MemberProfile = {
  name: 'API Session',
  is_admin: true,
  can_login: true,
  can_connect: false,
  can_watch: true,
  can_host: true,
  can_share_media: false,
  can_access_clipboard: true,
  sends_inactive_cursor: false,
  can_see_inactive_cursors: false,
  plugins: null,
};

/** The profile of `actor`, or undefined where there is no such session (any more). */
export function profileOf(room: Room, actor: Actor): MemberProfile | undefined {
  return actor.kind === 'api' ? API_PROFILE : room.sessions.get(actor.id)?.profile;
}

/** Private mode keeps picture, sound and control from all but admins. */
export function privateModeBlocks(settings: Settings, profile: MemberProfile): boolean {
  return settings.private_mode && !profile.is_admin;
}

/** The picture takes the rights to log in, to connect and to watch. */
export function mayWatch(profile: MemberProfile): boolean {
  return profile.can_connect && profile.can_login && profile.can_watch;
}

/** Whether a viewer with `profile` gets neither picture nor sound for now. */
export function isPaused(settings: Settings, profile: MemberProfile): boolean {
  return privateModeBlocks(settings, profile) || !mayWatch(profile);
}

/** The same for a session; true for a session that has ended. */
export function isSessionPaused({ settings, sessions }: Room, sessionId: string): boolean {
  const profile = sessions.get(sessionId)?.profile;
  return profile === undefined || isPaused(settings, profile);
}

/** Why `profile` can neither ask for nor hold control, or null where it can. */
export function hostingRefusal(settings: Settings, profile: MemberProfile): 'cannot-host' | 'private-mode' | null {
  if (!profile.can_host) return 'cannot-host';
  return privateModeBlocks(settings, profile) ? 'private-mode' : null;
}

export function isHost(room: Room, actor: Actor): boolean {
  return actor.kind === 'session' && room.hostId === actor.id;
}
