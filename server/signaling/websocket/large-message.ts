import { err, ok, type Result } from '../../lib/result.js';
import { endOfString } from '../../lib/text/json-scan.js';
import { decodeEnvelope, type Envelope } from '../../protocol/events/envelope.js';
import { SOCKET_LIMITS } from '../limits.js';
import { allowedBytes, LOOKED_AT_BYTES } from './message-size.js';

/** A long message is a short one around a single long text, under one of these names. */
const LONG_TEXT = /^.{0,2000}?"(text|body)"\s*:\s*(?=")/is;
/** Longest rest behind the text. */
const MAX_TAIL = 2_000;

/**
 * Reads one message of a client. Parsing a large message could take long, depending on its content; so it is accepted
 * only in the one shape that carries a long text, which parses as fast as it copies.
 */
export function readSocketMessage(data: Buffer): Result<Envelope> | 'too-large' {
  const text = data.toString('utf8');
  if (data.length <= SOCKET_LIMITS.message.value) return decodeEnvelope(text);
  if (data.length > allowedBytes(text.slice(0, LOOKED_AT_BYTES), true)) return 'too-large';
  const long = withoutLongText(text);
  if (long === null) return 'too-large';
  const envelope = decodeEnvelope(long.rest);
  if (!envelope.ok) return envelope;
  const { event, payload } = envelope.value;
  // JSON.parse takes the last of two `event` names, so that one must allow a large message.
  if (data.length > allowedBytes(JSON.stringify({ event }), true)) return 'too-large';
  const content = parseText(long.literal);
  if (!content.ok || typeof payload !== 'object' || payload === null) return err('not JSON');
  return ok({ event, payload: { ...payload, [long.name]: content.value } });
}

interface LongText {
  readonly name: string;
  /** The text with its quotes, as JSON has it. */
  readonly literal: string;
  /** The message with an empty text in its place. */
  readonly rest: string;
}

function withoutLongText(message: string): LongText | null {
  const head = LONG_TEXT.exec(message);
  const [before, name] = head ?? [];
  if (before === undefined || name === undefined) return null;
  const end = endOfString(message, before.length) + 1;
  if (end > message.length || message.length - end > MAX_TAIL) return null;
  return { name, literal: message.slice(before.length, end), rest: `${before}""${message.slice(end)}` };
}

function parseText(literal: string): Result<string> {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? ok(value) : err('not a text');
  } catch {
    return err('not JSON');
  }
}
