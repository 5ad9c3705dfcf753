import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { err, ok, type Result } from '../lib/result.js';
import { decodeEnvelope, decodePayload, type Envelope, encodeEnvelope } from './envelope.js';
import { type ClientMessage, clientEvents, type ServerMessage, serverEvents } from './events.js';

/** Writes one message of the server as a text frame. */
export function encodeServerMessage(message: ServerMessage): string {
  return encodeEnvelope(message);
}

/** Writes one message of a client as a text frame. */
export function encodeClientMessage(message: ClientMessage): string {
  return encodeEnvelope(message);
}

/** Reads one text frame of the server (the client's side). An event that the table does not know is an error. */
export function decodeServerMessage(text: string): Result<ServerMessage> {
  return decodeMessage(serverEvents, text, isServerMessage);
}

/** Reads one text frame of a client (the server's side). An event that the table does not know is an error. */
export function decodeClientMessage(text: string): Result<ClientMessage> {
  return decodeMessage(clientEvents, text, isClientMessage);
}

type Table = Readonly<Record<string, TSchema | null>>;

function decodeMessage<Message>(
  table: Table,
  text: string,
  isMessage: (value: Envelope) => value is Envelope & Message,
): Result<Message> {
  const envelope = decodeEnvelope(text);
  if (!envelope.ok) return envelope;
  const { event, payload } = envelope.value;
  const schema = schemaOf(table, event);
  if (schema === undefined) return err(`unknown event ${event.slice(0, 64)}`);
  const decoded = schema === null ? ok(undefined) : decodePayload(schema, payload);
  if (!decoded.ok) return err(`${event}: ${decoded.error}`);
  const message: Envelope = { event, payload: decoded.value };
  return isMessage(message) ? ok(message) : err(`${event}: wrong shape`);
}

function isServerMessage(value: Envelope): value is Envelope & ServerMessage {
  return fits(serverEvents, value);
}

function isClientMessage(value: Envelope): value is Envelope & ClientMessage {
  return fits(clientEvents, value);
}

function fits(table: Table, message: Envelope): boolean {
  const schema = schemaOf(table, message.event);
  return schema === null || (schema !== undefined && Value.Check(schema, message.payload));
}

function schemaOf(table: Table, event: string): TSchema | null | undefined {
  return Object.hasOwn(table, event) ? table[event] : undefined;
}
