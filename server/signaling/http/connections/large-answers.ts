import { finished, Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { throttleKey } from '../../../room/client-place.js';
import { HTTP_LIMITS } from '../../limits.js';
import { BodyBudget } from '../bodies/body-budget.js';
import { RetryLater } from '../rates/retry-later.js';

/** Answers up to here are sent whole and do not count; larger ones leave in pieces of this size, to see how fast the client takes them. */
const PIECE_BYTES = HTTP_LIMITS.freeAnswer.value;

/** Bounds the bytes of large answers that wait for their clients to take them. Files are read as they are taken. */
export function boundAnswers(app: FastifyInstance): void {
  const { answersOfAddress, answersInAll } = HTTP_LIMITS;
  const budget = new BodyBudget({ perClient: answersOfAddress.value, inAll: answersInAll.value });
  app.addHook('onSend', async ({ method, caller }, reply, payload) => {
    if (method === 'HEAD' || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload;
    const bytes = Buffer.byteLength(payload);
    if (bytes <= PIECE_BYTES) return payload;
    const client = throttleKey(caller.address);
    // An answer larger than the whole bound may wait alone.
    const counted = Math.min(bytes, answersOfAddress.value);
    const refusal = budget.take(client, counted);
    if (refusal !== null) throw new RetryLater(1, refusal === 'client' ? 'too-many-answers' : 'answers-busy');
    finished(caller.response, () => budget.giveBack(client, counted));
    reply.header('content-length', bytes);
    return Readable.from(piecesOf(typeof payload === 'string' ? Buffer.from(payload) : payload));
  });
}

function* piecesOf(whole: Buffer): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += PIECE_BYTES) yield whole.subarray(at, at + PIECE_BYTES);
}
