import { Type } from '@sinclair/typebox';
import { AppError } from '../../../protocol/errors/app-error.js';
import { MemberProfilePatch, mergeProfile } from '../../../protocol/events/profile.js';
import { Name } from '../../../protocol/name.js';
import { API_ID } from '../../../room/command.js';
import { connectedAdmins, connectedUsers, type Room } from '../../../room/room-state.js';
import { API_PROFILE } from '../../../room/rules/permissions.js';
import { refusalOf } from '../../../room/rules/rights.js';
import { sessionData, wireTime } from '../../../room/wire-view.js';
import { HTTP_LIMITS } from '../../limits.js';
import { readBody } from '../bodies/request-body.js';
import { type Endpoint, endpoint, json } from '../endpoint.js';

/** Everything that a session without admin rights may change in its profile. */
const NameOnly = Type.Object({ name: Name });

export const ownSessionRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/whoami', {}, ({ services, actor }) => {
    const session = actor.kind === 'session' ? services.room.state.sessions.get(actor.id) : undefined;
    const api = { id: API_ID, profile: API_PROFILE, state: { is_connected: false, is_watching: false } };
    return json(session === undefined ? api : sessionData(session));
  }),
  endpoint('POST', '/api/profile', { bodyBytes: HTTP_LIMITS.profileBody.value }, ({ services, actor, profile, body }) => {
    if (actor.kind === 'api') throw new AppError('api-token-has-no-session');
    const isAdmin = refusalOf(services.room.state, actor, 'administer') === null;
    const patch = isAdmin ? readBody(MemberProfilePatch, body) : readBody(NameOnly, body);
    services.room.apply({ kind: 'set-profile', id: actor.id, profile: mergeProfile(profile, patch) });
    return json(true);
  }),
  endpoint('GET', '/api/stats', {}, ({ services }) => json(stats(services.room.state, services.startedAtMs))),
];

function stats(room: Room, startedAtMs: number): object {
  const total_users = connectedUsers(room);
  const total_admins = connectedAdmins(room);
  return {
    has_host: room.hostId !== null,
    ...(room.hostId !== null && { host_id: room.hostId }),
    server_started_at: wireTime(startedAtMs),
    total_users,
    ...(total_users === 0 && room.lastUserLeftMs !== null && { last_user_left_at: wireTime(room.lastUserLeftMs) }),
    total_admins,
    ...(total_admins === 0 && room.lastAdminLeftMs !== null && { last_admin_left_at: wireTime(room.lastAdminLeftMs) }),
  };
}
