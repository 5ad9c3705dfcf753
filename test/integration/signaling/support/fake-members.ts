import { randomBytes } from 'node:crypto';
import { err, ok } from '../../../../server/lib/result.js';
import { NEW_MEMBER_PROFILE } from '../../../../server/protocol/events/profile.js';
import type { MemberPort } from '../../../../server/signaling/ports.js';

export const ADMIN_PASSWORD = 'correct horse';
export const USER_PASSWORD = 'battery staple';

/** Members as a server without a list of them has: the password decides the role, each login is a new session. */
export function fakeMembers(): MemberPort {
  const unsupported = async () => err('unsupported' as const);
  return {
    async authenticate(username, password) {
      if (password !== ADMIN_PASSWORD && password !== USER_PASSWORD) return err('wrong-credentials');
      const is_admin = password === ADMIN_PASSWORD;
      const profile = { ...NEW_MEMBER_PROFILE, name: username, is_admin, can_see_inactive_cursors: is_admin };
      const id = `${username}-${randomBytes(4).toString('base64url').slice(0, 5)}`;
      return ok({ id, profile, credential: password });
    },
    credentials: async (ids) => ok(new Map(ids.map((id) => [id, [USER_PASSWORD, ADMIN_PASSWORD]]))),
    list: async () => ok([]),
    insert: unsupported,
    select: unsupported,
    updateProfile: unsupported,
    updatePassword: unsupported,
    delete: unsupported,
  };
}
