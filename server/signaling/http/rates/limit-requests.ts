import type { FastifyInstance } from 'fastify';
import { AgingMap } from '../../../lib/bounds/aging-map.js';
import { type Rate, TokenBucket } from '../../../lib/bounds/token-bucket.js';
import type { Clock } from '../../../lib/clock.js';
import { AppError } from '../../../protocol/errors/app-error.js';
import { throttleKey } from '../../../room/client-place.js';
import { actorId } from '../../../room/command.js';
import { HTTP_LIMITS } from '../../limits.js';
import { SessionShare } from '../../session-share.js';
import type { Caller } from '../access/caller.js';
import { RequestRate } from './request-rate.js';
import { RetryLater } from './retry-later.js';

const { strangerBurst, strangerRate, sessionBurst, sessionRate, ownBurst, ownRate, sharedBurst, sharedRate } = HTTP_LIMITS;
const STRANGER: Rate = { burst: strangerBurst.value, perSecond: strangerRate.value };
const SESSION: Rate = { burst: sessionBurst.value, perSecond: sessionRate.value };
const OWN: Rate = { burst: ownBurst.value, perSecond: ownRate.value };
const SHARED: Rate = { burst: sharedBurst.value, perSecond: sharedRate.value };

/** Bounds requests: of each address without a valid token, static files included; of each session; of all sessions of an address. */
export function limitRequests(app: FastifyInstance, clock: Clock): void {
  const rates = new CallerRates();
  app.addHook('onRequest', async ({ caller, raw }) => {
    const waitMs = rates.take(caller, clock.nowMs());
    if (waitMs > 0) throw new RetryLater(Math.ceil(waitMs / 1_000), 'too-many-requests');
    // Node would drop the rest in silence.
    if (raw.rawHeaders.length / 2 > HTTP_LIMITS.headers.value) throw new AppError('head-too-large');
  });
}

class CallerRates {
  readonly #strangers = new RequestRate(HTTP_LIMITS.rememberedCallers.value);
  readonly #sessions = new AgingMap((nowMs) => new SessionShare(SESSION, OWN, nowMs), isFull);
  readonly #networks = new AgingMap((nowMs) => new TokenBucket(SHARED, nowMs), isFull);

  /** Counts a request; returns how long its caller has to wait, ms, or 0. */
  take({ actor, address }: Pick<Caller, 'actor' | 'address'>, nowMs: number): number {
    const network = throttleKey(address);
    if (actor === null) return this.#strangers.take(network, STRANGER, nowMs);
    const session = this.#sessions.of(actorId(actor), nowMs);
    const shared = this.#networks.of(network, nowMs);
    return session.take(shared, nowMs) ? 0 : session.untilNextMs(shared, nowMs);
  }
}

function isFull(bucket: TokenBucket | SessionShare, nowMs: number): boolean {
  return bucket.isFull(nowMs);
}
