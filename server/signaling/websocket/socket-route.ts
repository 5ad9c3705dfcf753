import type { FastifyInstance } from 'fastify';
import { AppError } from '../../protocol/errors/app-error.js';
import { shownToken } from '../http/access/credentials.js';
import { mayOpenSocket } from '../http/access/origin.js';
import type { KnownPath } from '../http/router.js';
import { HTTP_LIMITS } from '../limits.js';
import { LogLimiter } from '../log-limiter.js';
import type { Services } from '../services.js';
import { acceptSocket } from './connection.js';

const PATH = '/api/ws';

/**
 * The WebSocket. A request that is no upgrade, or comes from a page that is not allowed, is answered 400; invalid credentials
 * are refused after the upgrade, as clients expect.
 */
export function addSocketRoute(app: FastifyInstance, services: Services): KnownPath[] {
  const { server, session, clock, log } = services;
  const limiter = new LogLimiter(HTTP_LIMITS.refusalLines.value, 1_000);
  const url = server.pathPrefix + PATH;
  app.addHook('onRequest', async (request, reply) => {
    if (!request.ws) return;
    // An answer to an upgrade is the last thing on its connection.
    reply.header('connection', 'close');
    if (request.routeOptions.url !== url) throw new AppError('bad-request');
  });
  app.route({
    method: 'GET',
    url,
    onRequest: async (request) => {
      if (!request.ws) throw new AppError('bad-request');
      if (mayOpenSocket(request.headers, server.cors, request.caller.proxied)) return;
      const heldBack = limiter.pass(clock.nowMs());
      const origin = request.headers.origin?.slice(0, 200);
      if (heldBack !== null)
        log.warn(
          { origin, heldBack },
          'WebSocket refused: origin is neither ours nor on the CORS list; behind a proxy, set server.proxy or list the origin in server.cors',
        );
      throw new AppError('bad-request');
    },
    handler: () => {
      throw new AppError('bad-request');
    },
    wsHandler: (socket, request) => {
      const token = shownToken(request.headers, request.url, session);
      acceptSocket(services, { socket, connection: request.raw.socket, token, ...request.caller });
    },
  });
  return [{ method: 'GET', pattern: PATH }];
}
