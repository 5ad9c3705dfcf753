import type { MemberProfile } from '../../server/protocol/events/profile.js';
import { placeOf } from '../../server/room/client-place.js';
import type { NewSession } from '../../server/room/room-state.js';
import type { SessionRules } from '../../server/room/session-rules.js';
import { tokenDigest } from '../../server/room/store/token-digest.js';

/** Sessions that live for ever. */
export const ENDLESS: SessionRules = {
  idleMs: 0,
  lifetimeMs: 0,
  inAll: 1_000,
  keptForAdmins: 50,
  ofNetwork: 100,
  bans: 1_000,
};

/** What a login makes a session from. */
export function loginOf(id: string, profile: MemberProfile, token = `token of ${id}`, address = '192.0.2.1'): NewSession {
  return { id, token, tokenDigest: tokenDigest(token), profile, place: placeOf(address), passwordMark: null };
}
