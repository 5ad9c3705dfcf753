import { Type } from '@sinclair/typebox';
import { AppError } from '../../../protocol/errors/app-error.js';
import { Name, Password } from '../../../protocol/name.js';
import { placeOf } from '../../../room/client-place.js';
import type { NewSession } from '../../../room/room-state.js';
import type { PasswordMarks } from '../../../room/store/password-marks.js';
import { tokenDigest } from '../../../room/store/token-digest.js';
import { sessionData } from '../../../room/wire-view.js';
import { HTTP_LIMITS } from '../../limits.js';
import { LoginGate } from '../../login/login-gate.js';
import type { VerifiedMember } from '../../ports.js';
import { carriesCookie } from '../access/authenticate.js';
import { clearedCookie, sessionCookie } from '../access/cookie.js';
import { newToken } from '../access/credentials.js';
import { losesCookie } from '../access/lost-cookie.js';
import { readBody } from '../bodies/request-body.js';
import { type Answer, type Call, type Endpoint, endpoint, json, openEndpoint } from '../endpoint.js';
import { RetryLater } from '../rates/retry-later.js';

const LoginRequest = Type.Object({ username: Name, password: Password });

/** Retry-After when all sessions are taken; the true wait is unknown, since a session may end at any time. */
const FULL_RETRY_S = 30;

/** Login and logout. */
export function loginRoutes(): Endpoint[] {
  const gate = new LoginGate();
  return [
    openEndpoint(
      'POST',
      '/api/login',
      async (call) => {
        const { username, password } = readBody(LoginRequest, call.body);
        return openSession(call, await gate.authenticate(call, username, password));
      },
      HTTP_LIMITS.loginBody.value,
    ),
    endpoint('POST', '/api/logout', {}, ({ services, actor, headers }) => {
      if (actor.kind === 'api') throw new AppError('api-token-has-no-login');
      services.room.apply({ kind: 'delete-session', id: actor.id });
      const hadCookie = carriesCookie(services, headers.cookie);
      return json(true, 200, hadCookie ? { 'set-cookie': clearedCookie(services.session.cookie) } : {});
    }),
  ];
}

function openSession(call: Call, member: VerifiedMember): Answer {
  const { services, address } = call;
  const { room, log, session: options, passwordMarks } = services;
  const token = newToken();
  const made = madeFrom(member, token, address, passwordMarks);
  const refused = room.apply({ kind: 'login', session: made });
  if (refused === 'banned') throw new AppError('banned');
  if (refused === 'too-many-sessions') throw new RetryLater(FULL_RETRY_S, 'too-many-sessions');
  if (refused === 'logins-locked') throw new AppError('logins-locked');
  if (refused === 'already-connected') throw new AppError('already-connected');
  const session = room.state.sessions.get(member.id);
  if (session === undefined) throw new Error('a login that is not refused makes a session');
  log.info({ sessionId: member.id, address, admin: member.profile.is_admin }, 'session logged in');
  const { id, profile, state } = sessionData(session);
  if (!options.cookie.enabled || losesCookie(call)) return json({ id, token, profile, state });
  const crossSite = services.server.cors.length > 0;
  return json({ id, profile, state }, 200, { 'set-cookie': sessionCookie(options.cookie, token, Date.now(), crossSite) });
}

function madeFrom(member: VerifiedMember, token: string, address: string, passwordMarks: PasswordMarks): NewSession {
  const { id, profile, credential } = member;
  return {
    id,
    token,
    tokenDigest: tokenDigest(token),
    profile,
    place: placeOf(address),
    passwordMark: passwordMarks.mark(credential),
  };
}
