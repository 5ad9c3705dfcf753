import type { Static, TSchema } from '@sinclair/typebox';
import { decode, mismatchOf } from '../../../protocol/decode.js';
import { AppError } from '../../../protocol/errors/app-error.js';
import { type JsonFault, parseUntrusted } from '../../../protocol/parse-untrusted.js';
import { firstJsonValue } from './first-json-value.js';

/** The errors for a body that cannot be used. */
type Unreadable = 'unreadable-body' | 'unreadable-payload';

/** Reads a body as neko does: the first JSON value counts, the rest and the content type are ignored. */
export function readBody<S extends TSchema>(schema: S, body: string): Static<S> {
  if (body.trim() === '') throw new AppError('no-body');
  const parsed = firstJsonValue(body);
  if (!parsed.ok) throw unreadable(parsed.error, 'unreadable-body');
  return readValue(schema, parsed.value);
}

/** Reads a body that has to be exactly one JSON value; everything else is refused as `code`. */
export function readWholeBody<S extends TSchema>(schema: S, body: string, code: Unreadable = 'unreadable-body'): Static<S> {
  return readValue(schema, parseWholeBody(body, code), code);
}

/** Parses a body that has to be exactly one JSON value. Windows editors put a byte-order mark before it. */
export function parseWholeBody(body: string, code: Unreadable = 'unreadable-body'): unknown {
  const parsed = parseUntrusted(body.replace(/^\uFEFF/, ''));
  if (!parsed.ok) throw unreadable(parsed.error, code);
  return parsed.value;
}

function unreadable(fault: JsonFault, code: Unreadable): AppError {
  return new AppError(fault === 'not JSON' ? code : 'too-deep');
}

export function readValue<S extends TSchema>(schema: S, value: unknown, code: Unreadable = 'unreadable-body'): Static<S> {
  const decoded = decode(schema, value);
  if (!decoded.ok) throw new AppError(mismatchOf(schema, value) ?? code);
  return decoded.value;
}
