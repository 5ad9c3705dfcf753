import type { Services } from '../../services.js';
import type { Call } from '../endpoint.js';

const told = new WeakSet<Services>();

/**
 * Whether the page that signs in would not keep our cookie: browsers drop one that is Secure on pages over plain HTTP. Such
 * a page is given the token instead, as without cookies, and the log says once what to set. Browsers name the page of every
 * login as its origin; programs name none, and keep cookies as they like.
 */
export function losesCookie({ services, headers }: Call): boolean {
  const { cookie } = services.session;
  if (!cookie.secure || headers.origin?.startsWith('http://') !== true) return false;
  if (!told.has(services)) {
    told.add(services);
    services.log.warn(
      { origin: headers.origin.slice(0, 200) },
      'session.cookie.secure is on, but pages over plain HTTP drop such cookies: they get their token without one. Serve the page over HTTPS, or set NEKO_SESSION_COOKIE_SECURE=false',
    );
  }
  return true;
}
