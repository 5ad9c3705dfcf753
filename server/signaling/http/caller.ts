import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../room/command.js';
import { clientAddress, placeOf } from '../client-address.js';
import { shownToken } from '../credentials.js';
import type { Services } from '../services.js';

/** What is known of who sends a request before its body is looked at. */
export interface Caller {
  /** The client's IP address, by the word of a trusted proxy where one stands between. */
  readonly address: string;
  /** The peer is a proxy whose forwarded headers count. */
  readonly proxied: boolean;
  /** Whose token the request shows; null for nobody's. */
  readonly actor: Actor | null;
  /** Where the answer goes; once it is closed, nobody waits any more. */
  readonly response: ServerResponse;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** Notes who calls on each request; it is there from the first of our hooks on. */
export function addCallers(app: FastifyInstance, services: Services): void {
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, reply, done) => {
    request.caller = callerOf(services, request, reply);
    done();
  });
}

function callerOf(services: Services, { headers, ip, url }: FastifyRequest, reply: FastifyReply): Caller {
  const proxied = services.trusts(ip);
  const address = clientAddress(headers, ip, services.trusts);
  const token = shownToken(headers, url, services.session);
  return {
    address,
    proxied,
    actor: token === null ? null : services.callers.identify(token, placeOf(address)),
    response: reply.raw,
  };
}
