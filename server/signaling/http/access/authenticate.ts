import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../protocol/errors/app-error.js';
import type { Actor } from '../../../room/command.js';
import { isBanned } from '../../../room/rules/is-banned.js';
import { profileOf } from '../../../room/rules/permissions.js';
import type { Services } from '../../services.js';
import type { Call, SessionCall } from '../endpoint.js';
import { readCookie } from './cookie.js';
import { shownToken } from './credentials.js';

/** The owner of the request's token, or null for an unknown one. */
export function callingActor({ callers, session }: Services, headers: IncomingHttpHeaders, url: string): Actor | null {
  const token = shownToken(headers, url, session);
  return token === null ? null : callers.lookUp(token);
}

/** Finds the caller by the request's credentials; throws 401 or 403 where there is none or it may not call. */
export function authenticate(call: Call, url: string): SessionCall {
  const actor = callingActor(call.services, call.headers, url);
  const profile = actor === null ? undefined : profileOf(call.services.room.state, actor);
  if (actor === null || profile === undefined) throw new AppError('unauthorized');
  if (!profile.can_login) throw new AppError('login-disabled');
  const session = actor.kind === 'session' ? call.services.room.state.sessions.get(actor.id) : undefined;
  if (session !== undefined && isBanned(call.services.room.state, session)) throw new AppError('banned');
  return { ...call, actor, profile };
}

/** Whether a request carries our cookie; a refused one is removed from the browser. */
export function carriesCookie(services: Services, cookieHeader: string | undefined): boolean {
  return services.session.cookie.enabled && readCookie(cookieHeader, services.session.cookie.name) !== null;
}
