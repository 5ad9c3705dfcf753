import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import staticFiles from '@fastify/static';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { addCors } from './cors.js';
import { errorAnswer } from './endpoint.js';
import { HTTP_LIMITS, SOCKET_LIMITS } from './limits.js';
import type { ServerOptions } from './options.js';
import { sendAnswer } from './router.js';

/** An HTTP server that leaves everything to our own rules: bodies as text, no HEAD routes, no log of its own. */
export async function createHttpApp({ tls, cors, staticDir }: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    serverFactory: (handler) => (tls === null ? createServer(handler) : createTlsServer(tls, handler)),
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: HTTP_LIMITS.body.value,
    frameworkErrors: (_error, _request, reply) => {
      void sendAnswer(reply, errorAnswer(400, 'Bad Request'));
    },
    routerOptions: { maxParamLength: 1_000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  addCors(app, cors);
  await app.register(websocket, {
    options: { maxPayload: SOCKET_LIMITS.message.value, perMessageDeflate: false, handleProtocols: () => false },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  if (staticDir !== null) await app.register(staticFiles, { root: staticDir, serve: false });
  return app;
}
