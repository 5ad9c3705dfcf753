import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ServerOptions } from '../../options.js';
import type { Caller } from './caller.js';

/** 180 days: for so long browsers use HTTPS by themselves. */
const HSTS = 'max-age=15552000';

/** The sources of our own page: its files and WebSocket, the cursor as a data URL, picture and sound as streams. */
const OWN_PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
];
const NO_PAGE = ["default-src 'none'"];

/** Headers of every answer, also of those that are written without Fastify. */
export function securityHeaders({ tls, frameAncestors }: ServerOptions): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'content-security-policy': policy(NO_PAGE, frameAncestors),
    ...(frameAncestors === "'self'" && { 'x-frame-options': 'SAMEORIGIN' }),
    ...(frameAncestors === "'none'" && { 'x-frame-options': 'DENY' }),
    ...(tls !== null && { 'strict-transport-security': HSTS }),
  };
}

/**
 * Answers of the API are not pages and not cached; `forStaticFile` changes that for files. A custom directory of static files
 * gets no policy on what its pages may load, since we do not know them.
 */
export function addSecurityHeaders(app: FastifyInstance, options: ServerOptions): void {
  const headers = securityHeaders(options);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/** `caller` says whether the page comes over HTTPS: browsers complain about the opener policy on other pages. */
export function forStaticFile(reply: FastifyReply, { ownPage, frameAncestors }: ServerOptions, caller: Caller): void {
  reply.removeHeader('cache-control');
  reply.header('content-security-policy', policy(ownPage ? OWN_PAGE : [], frameAncestors));
  if (ownPage && caller.secure) reply.header('cross-origin-opener-policy', 'same-origin');
}

function policy(directives: readonly string[], frameAncestors: string): string {
  return [...directives, `frame-ancestors ${frameAncestors}`].join('; ');
}
