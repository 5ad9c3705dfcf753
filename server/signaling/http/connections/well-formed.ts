import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../protocol/errors/app-error.js';

/** http://host/path in place of a path, without a user's name in it. */
const ABSOLUTE_TARGET = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;
/** What may stand in a Host header: a name, an address, a port (RFC 3986 section 3.2). */
const HOST = /^[\w.~!$&'()*+,;=:[\]%-]*$/;
const EXPECTED = /^100-continue$/i;

/** Makes an absolute request target a path; its host then counts in place of the Host header (RFC 9112 section 3.2.2). */
export function toOriginForm(request: IncomingMessage): void {
  const [, host, rest = ''] = ABSOLUTE_TARGET.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = host;
}

/** Refuses requests that do not name one host (RFC 9112 section 3.2), or carry an unknown expectation (RFC 9110 section 10.1.1). */
export function requireWellFormed(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    const { rawHeaders, httpVersionMinor, headers } = raw;
    const hosts = rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
    if (hosts.length > 1 || (hosts.length === 0 && httpVersionMinor > 0) || !hosts.every((host) => HOST.test(host))) {
      reply.header('connection', 'close');
      throw new AppError('bad-request');
    }
    if (headers.expect !== undefined && !EXPECTED.test(headers.expect)) throw new AppError('expectation-failed');
  });
}
