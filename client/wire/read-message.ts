import { asFields, attempt } from './fields.js';
import type { PageMessage } from './page-events.js';
import { readers } from './readers.js';

/** Reads one WebSocket text frame (server/protocol/SPEC.md E6-E8). Null for an event that the page does not use, or cannot read. */
export function readMessage(text: string): PageMessage | null {
  const message = asFields(parsed(text));
  const { event, payload } = message ?? {};
  if (!isKnown(event)) return null;
  return attempt(() => readers[event](payload)) ?? null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKnown(event: unknown): event is keyof typeof readers {
  return typeof event === 'string' && Object.hasOwn(readers, event);
}
