import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../protocol/errors/app-error.js';
import type { Actor } from '../../../room/command.js';
import { isBanned } from '../../../room/rules/is-banned.js';
import { profileOf } from '../../../room/rules/permissions.js';
import type { Services } from '../../services.js';
import type { Call, SessionCall } from '../endpoint.js';
import { readCookie } from './cookie.js';
import { shownToken } from './credentials.js';

/** Whose token a request shows, or null where it is nobody's. */
export function callingActor({ callers, session }: Services, headers: IncomingHttpHeaders, url: string): Actor | null {
  const token = shownToken(headers, url, session);
  return token === null ? null : callers.lookUp(token);
}

/** Finds who calls, by the credentials shown; throws 401 or 403 where nobody does who may. */
export function authenticate(call: Call, url: string): SessionCall {
  const actor = callingActor(call.services, call.headers, url);
  const profile = actor === null ? undefined : profileOf(call.services.room.state, actor);
  if (actor === null || profile === undefined) throw new AppError('unauthorized');
  if (!profile.can_login) throw new AppError('login-disabled');
  const session = actor.kind === 'session' ? call.services.room.state.sessions.get(actor.id) : undefined;
  if (session !== undefined && isBanned(call.services.room.state, session)) throw new AppError('banned');
  return { ...call, actor, profile };
}

/** Whether a request shows our cookie, which is taken back where it is refused. */
export function carriesCookie(services: Services, cookieHeader: string | undefined): boolean {
  return services.session.cookie.enabled && readCookie(cookieHeader, services.session.cookie.name) !== null;
}
