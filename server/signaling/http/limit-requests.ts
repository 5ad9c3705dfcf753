import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../lib/clock.js';
import { AppError } from '../../lib/errors.js';
import type { Rate } from '../../lib/token-bucket.js';
import { actorId } from '../../room/command.js';
import { throttleKey } from '../client-address.js';
import { HTTP_LIMITS } from '../limits.js';
import type { Caller } from './caller.js';
import { RequestRate } from './request-rate.js';
import { RetryLater } from './retry-later.js';

const STRANGER: Rate = { burst: HTTP_LIMITS.strangerBurst.value, perSecond: HTTP_LIMITS.strangerRate.value };
const SESSION: Rate = { burst: HTTP_LIMITS.sessionBurst.value, perSecond: HTTP_LIMITS.sessionRate.value };

/** Bounds the requests of each address without a good token, static files included, and of each session. */
export function limitRequests(app: FastifyInstance, clock: Clock): void {
  const rate = new RequestRate(HTTP_LIMITS.rememberedCallers.value);
  app.addHook('onRequest', async ({ caller, raw }) => {
    const waitMs = rate.take(nameOf(caller), caller.actor === null ? STRANGER : SESSION, clock.nowMs());
    if (waitMs > 0) throw new RetryLater(429, 'too many requests, try again later', Math.ceil(waitMs / 1_000));
    // Node would drop the rest in silence.
    if (raw.rawHeaders.length / 2 > HTTP_LIMITS.headers.value) throw new AppError(431, 'Request Header Fields Too Large');
  });
}

function nameOf({ actor, address }: Caller): string {
  return actor === null ? `address ${throttleKey(address)}` : `session ${actorId(actor)}`;
}
