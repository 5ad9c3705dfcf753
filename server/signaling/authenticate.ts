import { AppError } from '../lib/errors.js';
import { profileOf } from '../room/permissions.js';
import { readCookie } from './cookie.js';
import { actorOf, shownToken } from './credentials.js';
import type { Call, SessionCall } from './endpoint.js';
import type { Services } from './services.js';

/** Finds who calls, by the credentials shown; throws 401 or 403 where nobody does who may. */
export function authenticate(call: Call, url: string): SessionCall {
  const { room, session } = call.services;
  const token = shownToken(call.headers, url, session);
  const actor = token === null ? null : actorOf(room.state, token, session.apiToken);
  const profile = actor === null ? undefined : profileOf(room.state, actor);
  if (actor === null || profile === undefined) throw new AppError(401, 'Unauthorized');
  if (!profile.can_login) throw new AppError(403, 'login is disabled for this session');
  return { ...call, actor, profile };
}

/** Whether a refused request carried our cookie, which is then taken back. */
export function carriesCookie(services: Services, cookieHeader: string | undefined): boolean {
  return services.session.cookie.enabled && readCookie(cookieHeader, services.session.cookie.name) !== null;
}
