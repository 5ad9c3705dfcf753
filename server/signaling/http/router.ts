import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../protocol/errors/app-error.js';
import { actorId } from '../../room/command.js';
import { type Deed, refusalOf } from '../../room/rules/rights.js';
import type { Services } from '../services.js';
import { deedsOfArea } from './access/areas.js';
import { authenticate } from './access/authenticate.js';
import { forStaticFile } from './access/security-headers.js';
import { type Answer, type Call, type Endpoint, type SessionCall, textAnswer } from './endpoint.js';
import { belowPrefix, matchesPattern, rawPath } from './path-pattern.js';
import { countEvent } from './rates/count-event.js';
import { findStatic, NO_FILE, sendStatic } from './static-files.js';

const NOT_FOUND = textAnswer(404, '404 page not found\n');

/** Paths with the methods that they know. */
export interface KnownPath {
  readonly pattern: string;
  readonly method: string;
}

export function sendAnswer(reply: FastifyReply, { status, body, type, headers = {} }: Answer): FastifyReply {
  if (type !== undefined) reply.type(type);
  return reply
    .code(status)
    .headers(headers)
    .send(body ?? undefined);
}

type Requested = FastifyRequest<{ Params: Record<string, string> }>;

function callOf(services: Services, request: FastifyRequest, params: Readonly<Record<string, string>>): Call {
  const { headers, url, ip, body, caller } = request;
  return {
    services,
    headers,
    params,
    query: new URLSearchParams(url.slice(rawPath(url).length + 1)),
    body: typeof body === 'string' ? body : '',
    address: caller.address,
    peer: ip,
    gone: () => caller.response.destroyed || caller.response.socket?.destroyed === true,
  };
}

/** Registers endpoints; answers with the paths they are at. HEAD works wherever GET does. */
export function addEndpoints(app: FastifyInstance, services: Services, endpoints: readonly Endpoint[]): KnownPath[] {
  return endpoints.flatMap((endpoint) => {
    const { method, path, slash, bodyBytes } = endpoint;
    const patterns = slash ? [path, `${path}/`] : [path];
    for (const pattern of patterns) {
      app.route<{ Params: Record<string, string> }>({
        method: method === 'GET' ? ['GET', 'HEAD'] : method,
        url: services.server.pathPrefix + pattern,
        bodyLimit: bodyBytes,
        // Rights are checked before the body is read, and again after it: a session may end meanwhile.
        onRequest: async (request) => void admit(services, endpoint, request),
        handler: async (request, reply) => sendAnswer(reply, await run(services, endpoint, request)),
      });
    }
    return patterns.map((pattern) => ({ pattern, method }));
  });
}

function admit(services: Services, endpoint: Endpoint, request: Requested): void {
  if (endpoint.access !== 'session') return;
  const { actor } = admitted(callOf(services, request, request.params), request.url, endpoint.deeds);
  if (endpoint.counts !== null) countEvent(services, actorId(actor), endpoint.counts);
}

function admitted(call: Call, url: string, deeds: readonly Deed[]): SessionCall {
  const authenticated = authenticate(call, url);
  for (const deed of deeds) {
    const refusal = refusalOf(call.services.room.state, authenticated.actor, deed);
    if (refusal !== null) throw new AppError(refusal);
  }
  return authenticated;
}

function run(services: Services, endpoint: Endpoint, request: Requested): Answer | Promise<Answer> {
  const call = callOf(services, request, request.params);
  return endpoint.access === 'open' ? endpoint.handle(call) : endpoint.handle(admitted(call, request.url, endpoint.deeds));
}

/** Refuses paths that equal ours only once decoded: the fixed part of a path is matched as it was sent. */
export function requireLiteralPaths(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const pattern = request.routeOptions.url;
    if (pattern !== undefined && !request.is404 && !matchesPattern(pattern, rawPath(request.url)))
      return sendAnswer(reply, NOT_FOUND);
  });
}

/** Answers paths that are no endpoint: refused, known by another method, a static file, or unknown, in this order. */
export function addUnmatched(app: FastifyInstance, services: Services, known: readonly KnownPath[]): void {
  const { pathPrefix, staticDir } = services.server;
  app.setNotFoundHandler(async (request, reply) => {
    const whole = rawPath(request.url);
    const path = belowPrefix(whole, pathPrefix);
    if (path === null) {
      if (whole !== pathPrefix || staticDir === null) return sendAnswer(reply, NOT_FOUND);
      return reply
        .code(301)
        .header('location', `${whole.split('/').at(-1)}/`)
        .send();
    }
    const deeds = deedsOfArea(path);
    if (deeds !== null) admitted(callOf(services, request, {}), request.url, deeds);
    const methods = known.filter(({ pattern }) => matchesPattern(pattern, path)).map(({ method }) => method);
    if (methods.length > 0) return reply.code(405).header('allow', methods.join(', ')).send();
    const readsFile = staticDir !== null && (request.method === 'GET' || request.method === 'HEAD');
    const target = readsFile ? await findStatic(staticDir, path) : NO_FILE;
    if (target.kind === 'none') return sendAnswer(reply, NOT_FOUND);
    forStaticFile(reply, services.server, request.caller);
    return sendStatic(reply, target);
  });
}
