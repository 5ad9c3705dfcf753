import type { Services } from '../../services.js';
import type { Call } from '../endpoint.js';

const warned = new WeakSet<Services>();

/**
 * Whether the page that signs in would lose our cookie: on pages over plain HTTP, browsers drop Secure cookies. Such a page gets
 * the token instead, as without cookies, and the log names once the setting to change. Browsers name the page of every login
 * as its origin; programs name none, and keep cookies as they like.
 */
export function losesCookie({ services, headers }: Call): boolean {
  const { cookie } = services.session;
  if (!cookie.secure || headers.origin?.startsWith('http://') !== true) return false;
  if (!warned.has(services)) {
    warned.add(services);
    services.log.warn(
      { origin: headers.origin.slice(0, 200) },
      'session.cookie.secure is on, but pages over plain HTTP drop such cookies: they get their token without one. Serve the page over HTTPS, or set NEKO_SESSION_COOKIE_SECURE=false',
    );
  }
  return true;
}
