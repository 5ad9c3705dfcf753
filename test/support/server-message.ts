import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { err, ok, type Result } from '../../server/lib/result.js';
import { decodeEnvelope, decodePayload, type Envelope } from '../../server/protocol/events/envelope.js';
import { type ServerMessage, serverEvents } from '../../server/protocol/events/events.js';

/** Reads one text frame of the server, as strictly as its schema is. An event that the table does not know is an error. */
export function decodeServerMessage(text: string): Result<ServerMessage> {
  const envelope = decodeEnvelope(text);
  if (!envelope.ok) return envelope;
  const { event, payload } = envelope.value;
  const schema = schemaOf(event);
  if (schema === undefined) return err(`unknown event ${event.slice(0, 64)}`);
  const decoded = schema === null ? ok(undefined) : decodePayload(schema, payload);
  if (!decoded.ok) return err(`${event}: ${decoded.error}`);
  const message: Envelope = { event, payload: decoded.value };
  return isServerMessage(message) ? ok(message) : err(`${event}: wrong shape`);
}

function isServerMessage(message: Envelope): message is Envelope & ServerMessage {
  const schema = schemaOf(message.event);
  return schema === null || (schema !== undefined && Value.Check(schema, message.payload));
}

function schemaOf(event: string): TSchema | null | undefined {
  const table: Readonly<Record<string, TSchema | null>> = serverEvents;
  return Object.hasOwn(table, event) ? table[event] : undefined;
}
