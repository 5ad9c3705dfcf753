import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../protocol/errors/app-error.js';
import { HTTP_LIMITS } from '../../limits.js';
import { LogLimiter } from '../../log-limiter.js';
import type { Services } from '../../services.js';
import { carriesCookie } from './authenticate.js';
import { isListedOrigin, isOwnOrigin } from './origin.js';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Browsers send our cookie with requests of foreign pages, too. So a request that changes something and carries the cookie has
 * to come from our page or a listed one; so does a login, which sets the cookie. A request with its token in a header or the
 * query passes: a foreign page does not know the token.
 */
export function guardWrites(app: FastifyInstance, services: Services): void {
  const { session, server, clock, log } = services;
  if (!session.cookie.enabled) return;
  const limiter = new LogLimiter(HTTP_LIMITS.refusalLines.value, 1_000);
  const login = `${server.pathPrefix}/api/login`;
  app.addHook('onRequest', async (request) => {
    if (READING.includes(request.method)) return;
    if (request.routeOptions.url !== login && !carriesCookie(services, request.headers.cookie)) return;
    if (!isForeign(request, server.cors)) return;
    const heldBack = limiter.pass(clock.nowMs());
    const origin = request.headers.origin?.slice(0, 200);
    if (heldBack !== null)
      log.warn({ origin, address: request.caller.address, heldBack }, 'request with a cookie refused: origin');
    throw new AppError('foreign-page');
  });
}

/** Every browser names the origin of a page that writes. A program names none, and cannot use a visitor's cookie. */
function isForeign({ headers, caller }: FastifyRequest, cors: readonly string[]): boolean {
  const origin = headers.origin ?? originOf(headers.referer);
  if (origin !== undefined) return !isListedOrigin(origin, cors) && !isOwnOrigin(origin, headers, caller.proxied);
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function originOf(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined;
  return URL.canParse(referer) ? new URL(referer).origin : 'null';
}
