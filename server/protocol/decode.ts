import { KindGuard, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { err, ok, type Result } from '../lib/result.js';
import { isPlainErrorCode, type PlainErrorCode } from './errors/http-errors.js';

/**
 * Reads outside data into the shape of `schema`, only as leniently as existing clients need (SPEC.md D1-D8):
 * field names match without case, unknown fields are dropped, null and absent fields take their default, types are strict.
 * The result is checked against the schema, so its type is proven, never assumed.
 */
export function decode<S extends TSchema>(schema: S, input: unknown): Result<Static<S>> {
  const shaped = shape(schema, input);
  if (Value.Check(schema, shaped)) return ok(shaped);
  const first = Value.Errors(schema, shaped).First();
  return err(first === undefined ? 'wrong shape' : `${first.path || '/'}: ${first.message}`);
}

/** The error that a schema names for a text of the wrong form; undefined for another error. */
export function mismatchOf(schema: TSchema, input: unknown): PlainErrorCode | undefined {
  for (const { schema: refusing, value } of Value.Errors(schema, shape(schema, input)))
    if (typeof value === 'string' && isPlainErrorCode(refusing.refusal)) return refusing.refusal;
  return undefined;
}

function shape(schema: TSchema, input: unknown): unknown {
  if (input === undefined || input === null) return absent(schema, input);
  if (KindGuard.IsObject(schema)) return isPlainObject(input) ? shapeObject(schema.properties, input) : input;
  if (KindGuard.IsArray(schema)) return Array.isArray(input) ? input.map((item: unknown) => shape(schema.items, item)) : input;
  if (KindGuard.IsRecord(schema))
    return isPlainObject(input) ? shapeRecord(Object.values(schema.patternProperties), input) : input;
  if (KindGuard.IsUnion(schema)) return shapeUnion(schema.anyOf, schema.default, input);
  return input;
}

function absent(schema: TSchema, input: null | undefined): unknown {
  if (input === null && acceptsNull(schema)) return null;
  if (KindGuard.IsOptional(schema)) return undefined;
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (KindGuard.IsObject(schema)) return shapeObject(schema.properties, {});
  if (KindGuard.IsArray(schema)) return [];
  if (KindGuard.IsRecord(schema)) return {};
  if (KindGuard.IsString(schema)) return '';
  if (KindGuard.IsBoolean(schema)) return false;
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return 0;
  return acceptsNull(schema) ? null : undefined;
}

function acceptsNull(schema: TSchema): boolean {
  if (KindGuard.IsUnion(schema)) return schema.anyOf.some(acceptsNull);
  return KindGuard.IsNull(schema) || KindGuard.IsUnknown(schema);
}

function shapeObject(properties: Record<string, TSchema>, input: Record<string, unknown>): Record<string, unknown> {
  const byName = new Map<string, unknown>();
  for (const [name, value] of Object.entries(input)) byName.set(name.toLowerCase(), value);
  const output: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = shape(property, byName.get(name.toLowerCase()));
    if (value !== undefined) output[name] = value;
  }
  return output;
}

function shapeRecord(valueSchemas: readonly TSchema[], input: Record<string, unknown>): Record<string, unknown> {
  const [valueSchema] = valueSchemas;
  if (valueSchema === undefined || KindGuard.IsUnknown(valueSchema)) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, shape(valueSchema, value)]));
}

/** A union is either "something or null", or a set of words that match without case, the empty word meaning the default. */
function shapeUnion(variants: readonly TSchema[], fallback: unknown, input: unknown): unknown {
  if (variants.every(KindGuard.IsLiteral)) {
    if (typeof input !== 'string') return input;
    return input === '' && fallback !== undefined ? fallback : input.toLowerCase();
  }
  const value = variants.find((variant) => !KindGuard.IsNull(variant));
  return value === undefined ? input : shape(value, input);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
