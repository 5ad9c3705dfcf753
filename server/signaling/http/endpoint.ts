import type { IncomingHttpHeaders } from 'node:http';
import type { Static, TSchema } from '@sinclair/typebox';
import { type AppError, errorBody } from '../../protocol/errors/app-error.js';
import type { MemberProfile } from '../../protocol/events/profile.js';
import type { Actor } from '../../room/command.js';
import type { Deed } from '../../room/rules/rights.js';
import { HTTP_LIMITS } from '../limits.js';
import type { Services } from '../services.js';
import type { EventKind } from '../session-rates.js';
import { readBody } from './bodies/request-body.js';

/** Everything that a handler gets of a request. */
export interface Call {
  readonly services: Services;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client's IP address. */
  readonly address: string;
  /** The address of the TCP peer: the client's, or its proxy's. */
  readonly peer: string;
  /** The client waits no more for the answer. */
  readonly gone: () => boolean;
}

/** A call whose credentials were right. */
export interface SessionCall extends Call {
  readonly actor: Actor;
  readonly profile: MemberProfile;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer | null;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** One method of one path below the prefix. `:name` stands for one segment; `slash` also answers with a trailing slash. */
export type Endpoint = {
  readonly method: Method;
  readonly path: string;
  readonly slash: boolean;
  /** How long its body may be, bytes. */
  readonly bodyBytes: number;
} & (
  | { readonly access: 'open'; readonly handle: (call: Call) => Answer | Promise<Answer> }
  | {
      readonly access: 'session';
      /** The deeds that the caller must have the right to, checked in this order. */
      readonly deeds: readonly Deed[];
      /** The kind of event that does the same over the WebSocket: both count in one allowance of the session. */
      readonly counts: EventKind | null;
      readonly handle: (call: SessionCall) => Answer | Promise<Answer>;
    }
);

export const NO_CONTENT: Answer = { status: 204, body: null };

/** JSON with a newline at its end, as from neko. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: `${JSON.stringify(value)}\n`, type: 'application/json; charset=utf-8', headers };
}

/** The header that holds an error's stable code: bodies of errors are exactly those of neko. */
export const ERROR_CODE = 'error-code';

/** The answer for every error. */
export function errorAnswer(error: AppError): Answer {
  return json(errorBody(error), error.status, { [ERROR_CODE]: error.code });
}

export function textAnswer(status: number, text: string): Answer {
  return { status, body: text, type: 'text/plain; charset=utf-8' };
}

interface EndpointOptions {
  readonly deeds?: readonly Deed[];
  readonly counts?: EventKind;
  readonly slash?: boolean;
  readonly bodyBytes?: number;
}

/** An endpoint for sessions that may do all `deeds`. */
export function endpoint(
  method: Method,
  path: string,
  { deeds = [], counts, slash = false, bodyBytes = HTTP_LIMITS.otherBody.value }: EndpointOptions,
  handle: (call: SessionCall) => Answer | Promise<Answer>,
): Endpoint {
  return { method, path, slash, bodyBytes, access: 'session', deeds, counts: counts ?? null, handle };
}

/** An endpoint for sessions that takes JSON of `schema`. */
export function bodyEndpoint<S extends TSchema>(
  path: string,
  schema: S,
  options: EndpointOptions,
  handle: (call: SessionCall, body: Static<S>) => Answer | Promise<Answer>,
): Endpoint {
  return endpoint('POST', path, options, (call) => handle(call, readBody(schema, call.body)));
}

/** An endpoint that needs no session. */
export function openEndpoint(
  method: Method,
  path: string,
  handle: (call: Call) => Answer | Promise<Answer>,
  bodyBytes: number = HTTP_LIMITS.otherBody.value,
): Endpoint {
  return { method, path, slash: false, bodyBytes, access: 'open', handle };
}
