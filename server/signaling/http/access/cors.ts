import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isListedOrigin } from './origin.js';

const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS'];
const HEADERS = ['accept', 'authorization', 'content-type', 'x-csrf-token', 'origin'];
const MAX_AGE_S = 300;

/** Lets pages of the listed origins call us. Without a list nothing is sent and preflights are not answered. */
export function addCors(app: FastifyInstance, cors: readonly string[]): void {
  if (cors.length === 0) return;
  app.addHook('onRequest', (request, reply, done) => {
    if (isPreflight(request)) return answerPreflight(request, reply, cors);
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin !== undefined && isListedOrigin(origin, cors)) {
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Link',
      });
    }
    done();
  });
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply, cors: readonly string[]): void {
  reply.header('vary', ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']);
  const { origin } = request.headers;
  const method = request.headers['access-control-request-method'] ?? '';
  const wanted = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (
    origin !== undefined &&
    isListedOrigin(origin, cors) &&
    METHODS.includes(method) &&
    wanted.every((name) => HEADERS.includes(name))
  ) {
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': method,
      'access-control-allow-credentials': 'true',
      'access-control-max-age': String(MAX_AGE_S),
    });
    if (wanted.length > 0) reply.header('access-control-allow-headers', wanted.map(canonical).join(', '));
  }
  reply.code(200).send();
}

function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());
}
