import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../../lib/clock.js';
import { AppError } from '../../../protocol/errors/app-error.js';
import { throttleKey } from '../../../room/client-place.js';
import { HTTP_LIMITS } from '../../limits.js';
import { RetryLater } from '../rates/retry-later.js';
import { BodyBudget } from './body-budget.js';
import { GrowingBuffer } from './growing-buffer.js';

/**
 * Reads bodies as text, whatever their type, inside the route's limit, the budgets and their time. It runs after all
 * onRequest hooks, so after authentication and rights. Bodies for unknown paths are not read.
 */
export function addBodies(app: FastifyInstance, clock: Clock): void {
  const budget = new BodyBudget({ perClient: HTTP_LIMITS.bodiesOfAddress.value, inAll: HTTP_LIMITS.bodiesInAll.value });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    if (request.is404) done(null, '');
    else new BodyReading(request, payload, budget, clock).start(done);
  });
}

type Done = (error: Error | null, body?: string) => void;

class BodyReading {
  readonly #limit: number;
  readonly #client: string;
  readonly #bytes = new GrowingBuffer();
  #held = 0;
  #stopTimer: () => void = () => {};

  constructor(
    private readonly request: FastifyRequest,
    private readonly payload: Readable,
    private readonly budget: BodyBudget,
    private readonly clock: Clock,
  ) {
    this.#limit = limitFor(request);
    this.#client = throttleKey(request.caller.address);
  }

  start(done: Done): void {
    const { payload } = this;
    const declared = declaredBytes(this.request.raw);
    if (declared !== null && declared > this.#limit) {
      done(new AppError('body-too-large'));
      return;
    }
    const settle: Done = (error, body) => {
      this.#stopTimer();
      payload.off('data', take).off('end', end).off('error', fail).off('close', fail);
      payload.on('error', () => {});
      if (error !== null) payload.pause();
      done(error, body);
    };
    const take = (chunk: Buffer) => {
      const refusal = this.#take(chunk);
      if (refusal !== null) settle(refusal);
    };
    const end = () => settle(null, this.#bytes.text());
    const fail = () => settle(new AppError('bad-request'));
    payload.on('data', take).on('end', end).on('error', fail).on('close', fail);
    this.#stopTimer = this.clock.after(timeFor(declared ?? this.#limit), () => settle(new AppError('request-timeout')));
    this.#giveBackAtTheEnd();
    this.#continue();
  }

  #take(chunk: Buffer): AppError | null {
    if (this.#bytes.length + chunk.length > this.#limit) return new AppError('body-too-large');
    const counted = Math.max(0, this.#bytes.length + chunk.length - HTTP_LIMITS.freeBody.value) - this.#held;
    const refusal = counted > 0 ? this.budget.take(this.#client, counted) : null;
    if (refusal === 'client') return new RetryLater(1, 'too-many-bodies');
    if (refusal === 'all') return new RetryLater(1, 'bodies-busy');
    this.#held += Math.max(0, counted);
    this.#bytes.add(chunk);
    return null;
  }

  /** The budget stays taken as long as the request, since the parsed body lives so long. */
  #giveBackAtTheEnd(): void {
    finished(this.request.caller.response, () => this.budget.giveBack(this.#client, this.#held));
  }

  /** A client that sent `Expect: 100-continue` is answered only now that its body is wanted. */
  #continue(): void {
    if (this.request.headers.expect?.toLowerCase() === '100-continue') this.request.caller.response.writeContinue();
  }
}

/** Without a valid token a client needs no more than the body of a login, whatever the route takes. */
function limitFor({ caller, routeOptions }: FastifyRequest): number {
  const limit = routeOptions.bodyLimit ?? HTTP_LIMITS.otherBody.value;
  return caller.actor === null ? Math.min(limit, HTTP_LIMITS.anonymousBody.value) : limit;
}

function timeFor(bytes: number): number {
  return HTTP_LIMITS.bodyTime.value + (bytes / HTTP_LIMITS.bodyPace.value) * 1_000;
}

/** The announced length of a body, or null where it is sent in chunks. */
function declaredBytes({ headers }: IncomingMessage): number | null {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : null;
}
