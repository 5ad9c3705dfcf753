import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { placeOf } from '../../../room/client-place.js';
import type { Actor } from '../../../room/command.js';
import type { Identified } from '../../callers.js';
import type { Services } from '../../services.js';
import { RetryLater } from '../rates/retry-later.js';
import { clientAddress } from './client-address.js';
import { shownToken } from './credentials.js';

/** Facts about the sender of a request, known before its body is read. */
export interface Caller {
  /** The client's IP address; behind a trusted proxy, the one that the proxy forwards. */
  readonly address: string;
  /** The peer is a proxy whose forwarded headers count. */
  readonly proxied: boolean;
  /** The page comes over HTTPS, from us or from a trusted proxy. */
  readonly secure: boolean;
  /** The owner of the request's token; null for an unknown one. */
  readonly actor: Actor | null;
  /** How long its network has to wait because of too many unknown tokens, ms; else 0. */
  readonly guessWaitMs: number;
  /** The socket for the answer; once it is closed, the client waits no more. */
  readonly response: ServerResponse;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

const NOBODY: Identified = { actor: null, waitMs: 0 };

/** Notified of what the connections of sessions are used for. */
interface Connections {
  signedIn(socket: Socket, use: 'member' | 'socket'): void;
}

/** Puts the caller on each request, for all our later hooks. */
export function addCallers(app: FastifyInstance, services: Services, connections: Connections): void {
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, reply, done) => {
    request.caller = callerOf(services, request, reply);
    const { actor } = request.caller;
    if (actor !== null) connections.signedIn(request.raw.socket, request.ws && actor.kind === 'session' ? 'socket' : 'member');
    done();
  });
}

function callerOf(services: Services, { headers, ip, url }: FastifyRequest, reply: FastifyReply): Caller {
  const proxied = services.trusts(ip);
  const address = clientAddress(headers, ip, services.trusts);
  const token = shownToken(headers, url, services.session);
  const nowMs = services.clock.nowMs();
  const identified = token === null ? NOBODY : services.callers.identify(token, { place: placeOf(address), nowMs });
  return {
    address,
    proxied,
    secure: services.server.tls !== null || (proxied && forwardedScheme(headers) === 'https'),
    actor: identified.actor,
    guessWaitMs: identified.waitMs,
    response: reply.raw,
  };
}

/**
 * Refuses callers that guess tokens. An unknown token on a WebSocket is refused elsewhere, after the upgrade: after a restart,
 * many viewers behind one address hold old tokens.
 */
export function refuseGuesses(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ caller, ws }) => {
    if (caller.guessWaitMs === 0 || ws) return;
    throw new RetryLater(Math.ceil(caller.guessWaitMs / 1_000), 'too-many-unknown-tokens');
  });
}

/** The second spelling is from neko's documentation. */
function forwardedScheme(headers: IncomingHttpHeaders): string {
  const scheme = headers['x-forwarded-proto'] ?? headers['x-forwarded-protocol'] ?? '';
  return String(scheme).split(',')[0]!.trim().toLowerCase();
}
