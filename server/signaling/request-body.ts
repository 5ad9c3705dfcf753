import type { Static, TSchema } from '@sinclair/typebox';
import { AppError } from '../lib/errors.js';
import { decode, refusalOf } from '../protocol/decode.js';
import { FIELD_LIMITS } from '../protocol/limits.js';
import { type JsonFault, parseUntrusted } from '../protocol/parse-untrusted.js';
import { firstJsonValue } from './first-json-value.js';

const { depth } = FIELD_LIMITS;
const UNPARSABLE = 'unable to parse provided data';

/** Reads a body as neko does: the first JSON value counts, what trails it does not, and the content type says nothing. */
export function readBody<S extends TSchema>(schema: S, body: string): Static<S> {
  if (body.trim() === '') throw new AppError(400, 'no data provided');
  const parsed = firstJsonValue(body);
  if (!parsed.ok) throw unreadable(parsed.error, UNPARSABLE);
  return readValue(schema, parsed.value);
}

/** Reads a body that has to be exactly one JSON value; everything else gets `message`. */
export function readWholeBody<S extends TSchema>(schema: S, body: string, message: string = UNPARSABLE): Static<S> {
  return readValue(schema, parseWholeBody(body, message), message);
}

/** Parses a body that has to be exactly one JSON value. Windows editors put a byte-order mark before it. */
export function parseWholeBody(body: string, message: string = UNPARSABLE): unknown {
  const parsed = parseUntrusted(body.replace(/^\uFEFF/, ''));
  if (!parsed.ok) throw unreadable(parsed.error, message);
  return parsed.value;
}

function unreadable(fault: JsonFault, message: string): AppError {
  return new AppError(400, fault === 'not JSON' ? message : `lists and objects stand in more than ${depth.value} levels`);
}

export function readValue<S extends TSchema>(schema: S, value: unknown, message: string = UNPARSABLE): Static<S> {
  const decoded = decode(schema, value);
  if (!decoded.ok) throw new AppError(400, refusalOf(schema, value) ?? message);
  return decoded.value;
}
