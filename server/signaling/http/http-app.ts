import staticFiles from '@fastify/static';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { AppError } from '../../protocol/errors/app-error.js';
import { SOCKET_PROTOCOL } from '../../protocol/socket-protocol.js';
import { SOCKET_LIMITS } from '../limits.js';
import type { ServerOptions } from '../options.js';
import { addCors } from './access/cors.js';
import { securityHeaders } from './access/security-headers.js';
import { answerClientError, answerHandshakeError } from './connections/raw-answer.js';
import { createWebServer, type WebServerOptions } from './connections/web-server.js';
import { errorAnswer } from './endpoint.js';
import { sendAnswer } from './router.js';

/** The WebSocket subprotocol that our page asks for; neko's clients ask for none. */
function handleProtocols(offered: ReadonlySet<string>): string | false {
  return offered.has(SOCKET_PROTOCOL) && SOCKET_PROTOCOL;
}

/** An HTTP server that leaves everything to our own rules: bodies as text, no HEAD routes, no log of its own. */
export async function createHttpApp(options: ServerOptions, shells: Omit<WebServerOptions, 'tls'>): Promise<FastifyInstance> {
  const { tls, cors, staticDir } = options;
  const headers = securityHeaders(options);
  const app = Fastify({
    serverFactory: (handler) => createWebServer({ tls, ...shells }, handler),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, headers),
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply) => {
      void sendAnswer(reply.headers(headers), errorAnswer(new AppError('bad-request')));
    },
    routerOptions: { maxParamLength: 1_000 },
  });
  addCors(app, cors);
  await app.register(websocket, {
    // Each event has a smaller bound of its own (message-size.ts).
    options: {
      maxPayload: 2 * SOCKET_LIMITS.clipboard.value,
      perMessageDeflate: false,
      handleProtocols,
      // Each message in its own turn of the event loop: one packet may hold thousands.
      allowSynchronousEvents: false,
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  app.websocketServer.on('wsClientError', (_error, socket) => answerHandshakeError(socket, headers));
  if (staticDir !== null) await app.register(staticFiles, { root: staticDir, serve: false });
  return app;
}
