import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type Endpoint, json, openEndpoint } from '../endpoint.js';
import { rawPath } from '../path-pattern.js';
import { readWholeBody } from '../request-body.js';

const BatchRequest = Type.Array(Type.Object({ path: Type.String(), method: Type.String(), body: Type.Optional(Type.Unknown()) }));

const EXCLUDED = ['/api/batch', '/api/ws'];
const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const;
/** Headers that speak of the outer request's body and line, not of who sends it. */
const NOT_COPIED = new Set(['content-length', 'content-type', 'transfer-encoding', 'connection', 'expect', 'upgrade']);

interface BatchAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Several requests in one, each with the headers of the outer one (http.md section 7). `prefix` stands before inner paths. */
export function batchRoute(app: () => FastifyInstance, prefix: string): Endpoint {
  return openEndpoint('POST', '/api/batch', async ({ body, headers, address }) => {
    const copied = Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_COPIED.has(name)));
    const answers: object[] = [];
    for (const element of readWholeBody(BatchRequest, body)) {
      const { path, method } = element;
      const answer = refusal(path, method) ?? (await run(app(), prefix, element, copied, address));
      answers.push({ path, method, ...answer });
    }
    return json(answers);
  });
}

function refusal(path: string, method: string): BatchAnswer | null {
  if (!path.startsWith('/api')) return { status: 400, body: message(400, 'this path is not allowed in batch requests') };
  if (EXCLUDED.includes(rawPath(path))) return { status: 400, body: message(400, 'this path is excluded from batch requests') };
  if (!/^[A-Za-z]*$/.test(method)) return { status: 400, body: message(400, 'Bad Request') };
  return methodOf(method) === undefined ? { status: 405 } : null;
}

/** Methods are case-sensitive; none means GET. */
function methodOf(method: string): (typeof METHODS)[number] | undefined {
  return method === '' ? 'GET' : METHODS.find((known) => known === method);
}

async function run(
  app: FastifyInstance,
  prefix: string,
  { path, method, body }: { readonly path: string; readonly method: string; readonly body?: unknown },
  headers: Record<string, string | string[] | undefined>,
  remoteAddress: string,
): Promise<BatchAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const response = await app.inject({ url: prefix + path, method: methodOf(method) ?? 'GET', headers, remoteAddress, payload });
  if (response.body === '') return { status: response.statusCode };
  return { status: response.statusCode, body: bodyOf(String(response.headers['content-type'] ?? ''), response.body) };
}

/** JSON is put in as it is, everything else as the text it is. */
function bodyOf(type: string, text: string): unknown {
  return type.startsWith('application/json') ? JSON.parse(text) : text;
}

function message(code: number, text: string): object {
  return { code, message: text };
}
