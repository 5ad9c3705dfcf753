import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { AppError, errorBody } from '../../../protocol/errors/app-error.js';
import type { PlainErrorCode } from '../../../protocol/errors/http-errors.js';
import { HTTP_LIMITS } from '../../limits.js';
import { parseWholeBody, readValue } from '../bodies/request-body.js';
import { type Call, type Endpoint, json, openEndpoint } from '../endpoint.js';
import { rawPath, startsWithPattern, tidyPath } from '../path-pattern.js';

const BatchElement = Type.Object({ path: Type.String(), method: Type.String(), body: Type.Optional(Type.Unknown()) });
const BatchRequest = Type.Array(BatchElement);
type BatchElement = Static<typeof BatchElement>;

const EXCLUDED = ['/api/batch', '/api/ws'];
const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const;
/** Headers about the outer request's body and connection, not about its sender. */
const NOT_COPIED = new Set(['content-length', 'content-type', 'transfer-encoding', 'connection', 'expect', 'upgrade']);

interface BatchAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Set on the inner requests of a batch: a batch within a batch is refused. */
const insideBatch = new AsyncLocalStorage<true>();

/** Several requests in one, each with the headers of the outer one. `prefix` stands before inner paths. */
export function batchRoute(app: () => FastifyInstance, prefix: string): Endpoint {
  return openEndpoint(
    'POST',
    '/api/batch',
    async (call) => {
      if (insideBatch.getStore()) throw new AppError('excluded-from-batch');
      return json(await runAll(app(), prefix, call, elementsOf(call.body)));
    },
    HTTP_LIMITS.batchBody.value,
  );
}

/** Counted before they are checked: a body could hold hundreds of thousands of empty ones. */
function elementsOf(body: string): BatchElement[] {
  const parsed = parseWholeBody(body);
  if (Array.isArray(parsed) && parsed.length > HTTP_LIMITS.batchRequests.value)
    throw new AppError('long-batch', { most: HTTP_LIMITS.batchRequests.value });
  return readValue(BatchRequest, parsed);
}

/** One after the other, each in its own turn, so that other clients are served in between; stops when the client has gone. */
async function runAll(app: FastifyInstance, prefix: string, call: Call, elements: readonly BatchElement[]): Promise<object[]> {
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !NOT_COPIED.has(name)));
  const answers: object[] = [];
  let characters = 0;
  for (const element of elements) {
    await nextTurn();
    if (call.gone()) break;
    const { path, method } = element;
    const { text = '', ...answer } =
      refusal(path, method) ??
      (characters > HTTP_LIMITS.batchAnswers.value ? TOO_LONG : await run(app, { prefix, element, headers, peer: call.peer }));
    characters += text.length;
    answers.push({ path, method, ...answer });
  }
  return answers;
}

interface Answered extends BatchAnswer {
  /** The body before it was read. */
  readonly text?: string;
}

const TOO_LONG = refused('batch-answers-too-long');

function refusal(path: string, method: string): Answered | null {
  const tidy = tidyPath(rawPath(path));
  if (!path.startsWith('/api') || !startsWithPattern('/api', tidy)) return refused('outside-api');
  if (EXCLUDED.includes(tidy)) return refused('excluded-from-batch');
  if (!/^[A-Za-z]*$/.test(method)) return refused('bad-request');
  return methodOf(method) === undefined ? { status: 405 } : null;
}

/** Methods are case-sensitive; a missing one means GET. */
function methodOf(method: string): (typeof METHODS)[number] | undefined {
  return method === '' ? 'GET' : METHODS.find((known) => known === method);
}

interface InnerRequest {
  readonly prefix: string;
  readonly element: BatchElement;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly peer: string;
}

/** The peer and its headers are those of the outer request, so that addresses and origins come out the same. */
async function run(app: FastifyInstance, { prefix, element, headers, peer }: InnerRequest): Promise<Answered> {
  const { path, method, body } = element;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const response = await insideBatch.run(true, async () =>
    app.inject({ url: prefix + path, method: methodOf(method) ?? 'GET', headers, remoteAddress: peer, payload }),
  );
  const text = response.body;
  if (text === '') return { status: response.statusCode };
  return { status: response.statusCode, body: bodyOf(String(response.headers['content-type'] ?? ''), text), text };
}

/** JSON stays JSON in the answer, everything else becomes a string. */
function bodyOf(type: string, text: string): unknown {
  return type.startsWith('application/json') ? JSON.parse(text) : text;
}

function refused(code: PlainErrorCode): Answered {
  const error = new AppError(code);
  return { status: error.status, body: errorBody(error) };
}
