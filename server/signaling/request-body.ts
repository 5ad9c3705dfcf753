import type { Static, TSchema } from '@sinclair/typebox';
import { AppError } from '../lib/errors.js';
import { ok, type Result } from '../lib/result.js';
import { decode } from '../protocol/decode.js';
import { firstJsonValue } from './first-json-value.js';

const UNPARSABLE = 'unable to parse provided data';

/** Reads a body as neko does: the first JSON value counts, what trails it does not, and the content type says nothing. */
export function readBody<S extends TSchema>(schema: S, body: string): Static<S> {
  if (body.trim() === '') throw new AppError(400, 'no data provided');
  return accepted(firstJsonValue(body), schema, UNPARSABLE);
}

/** Reads a body that has to be exactly one JSON value; everything else gets `message`. */
export function readWholeBody<S extends TSchema>(schema: S, body: string, message: string = UNPARSABLE): Static<S> {
  return accepted(parse(body), schema, message);
}

function accepted<S extends TSchema>(parsed: Result<unknown>, schema: S, message: string): Static<S> {
  const decoded = parsed.ok ? decode(schema, parsed.value) : parsed;
  if (!decoded.ok) throw new AppError(400, message);
  return decoded.value;
}

function parse(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return { ok: false, error: 'not JSON' };
  }
}
