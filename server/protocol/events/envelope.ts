import type { Static, TSchema } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { err, ok, type Result } from '../../lib/result.js';
import { decode } from '../decode.js';
import { parseUntrusted } from '../parse-untrusted.js';

/** An envelope with its payload unread; `payload` is undefined where the key was missing. */
export interface Envelope {
  readonly event: string;
  readonly payload: unknown;
}

const EnvelopeShape = Type.Object({ event: Type.String({ minLength: 1 }), payload: Type.Optional(Type.Unknown()) });

/** Reads one text frame. */
export function decodeEnvelope(text: string): Result<Envelope> {
  const parsed = parseUntrusted(text);
  if (!parsed.ok) return parsed;
  if (parsed.value === null) return err('not an object');
  const envelope = decode(EnvelopeShape, parsed.value);
  return envelope.ok ? ok({ event: envelope.value.event, payload: envelope.value.payload }) : envelope;
}

/** Reads the payload of an event that needs one: the key must be there, null and {} mean all defaults. */
export function decodePayload<S extends TSchema>(schema: S, payload: unknown): Result<Static<S>> {
  return payload === undefined ? err('payload is missing') : decode(schema, payload);
}

/** Writes one text frame. A payload of undefined leaves the key out, null is written. */
export function encodeEnvelope(envelope: { readonly event: string; readonly payload?: unknown }): string {
  return JSON.stringify({ event: envelope.event, payload: envelope.payload });
}
