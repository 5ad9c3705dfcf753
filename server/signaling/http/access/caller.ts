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

/** What is known of who sends a request before its body is looked at. */
export interface Caller {
  /** The client's IP address, by the word of a trusted proxy where one stands between. */
  readonly address: string;
  /** The peer is a proxy whose forwarded headers count. */
  readonly proxied: boolean;
  /** The page comes over HTTPS, by us or by the word of a trusted proxy. */
  readonly secure: boolean;
  /** Whose token the request shows; null for nobody's. */
  readonly actor: Actor | null;
  /** How long its network has to wait for having shown too many unknown tokens, ms; 0 for not at all. */
  readonly guessWaitMs: number;
  /** Where the answer goes; once it is closed, nobody waits any more. */
  readonly response: ServerResponse;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

const NOBODY: Identified = { actor: null, waitMs: 0 };

/** Is told what the connections of those who are signed in are used for. */
interface Connections {
  signedIn(socket: Socket, use: 'member' | 'socket'): void;
}

/** Notes who calls on each request; it is there from the first of our hooks on. */
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
 * Turns away who guesses tokens. A WebSocket is told in its own way that its token is nobody's: many viewers behind one address
 * hold tokens of yesterday after a restart.
 */
export function refuseGuesses(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ caller, ws }) => {
    if (caller.guessWaitMs === 0 || ws) return;
    throw new RetryLater(Math.ceil(caller.guessWaitMs / 1_000), 'too-many-unknown-tokens');
  });
}

/** neko's documentation has the second spelling. */
function forwardedScheme(headers: IncomingHttpHeaders): string {
  const scheme = headers['x-forwarded-proto'] ?? headers['x-forwarded-protocol'] ?? '';
  return String(scheme).split(',')[0]!.trim().toLowerCase();
}
