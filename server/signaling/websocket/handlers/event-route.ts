import type { Static, TSchema } from '@sinclair/typebox';
import { err, ok, type Result } from '../../../lib/result.js';
import { decodePayload } from '../../../protocol/events/envelope.js';
import type { Deed } from '../../../room/rules/rights.js';
import type { Services } from '../../services.js';

/** The sender of a message. */
export interface Sender {
  readonly sessionId: string;
  /** The IP address that the socket comes from. */
  readonly address: string;
}

/** A payload that does not match its event's schema. */
export class Malformed {
  constructor(readonly reason: string) {}
}

/** The outcome of a message: refusals are only logged, since the protocol has no error replies. */
export type Outcome = Result<void, string | Malformed> | Promise<Result<void, string | Malformed>>;

/** One event: reads the raw payload and handles it. */
export type EventRoute = (services: Services, sender: Sender, payload: unknown) => Outcome;

export const DONE = ok(undefined);

/** An event with a payload of `schema`. */
export function on<S extends TSchema>(
  schema: S,
  handle: (services: Services, sender: Sender, payload: Static<S>) => Outcome,
): EventRoute {
  return (services, sender, payload) => {
    const decoded = decodePayload(schema, payload);
    return decoded.ok ? handle(services, sender, decoded.value) : err(new Malformed(decoded.error));
  };
}

/** Handled only where the sender has the right to `deed` now. */
export function guarded<Payload>(
  deed: Deed,
  handle: (services: Services, sender: Sender, payload: Payload) => Outcome,
): (services: Services, sender: Sender, payload: Payload) => Outcome {
  return (services, sender, payload) => {
    const refusal = services.room.refusalOf(sender.sessionId, deed);
    return refusal === null ? handle(services, sender, payload) : err(refusal);
  };
}

/** An event whose payload is ignored. */
export function onBare(handle: (services: Services, sender: Sender) => Outcome): EventRoute {
  return (services, sender) => handle(services, sender);
}
