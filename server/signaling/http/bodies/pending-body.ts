import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { HTTP_LIMITS } from '../../limits.js';

/**
 * Closes a connection after an answer that came before the whole body: Node would read what is left to its end. Reading a
 * short rest is cheaper than a new connection, so then the connection stays.
 */
export function closeBehindLongBodies(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (hasLongRest(request.raw)) reply.header('connection', 'close');
    done(null, payload);
  });
}

function hasLongRest({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  const { 'content-length': length, 'transfer-encoding': chunked, expect } = headers;
  return chunked !== undefined || expect !== undefined || Number(length ?? 0) > HTTP_LIMITS.unreadBody.value;
}
