import type { Static, TSchema } from '@sinclair/typebox';
import { doctorClientEvents, doctorServerEvents } from '../doctor.js';
import { clipboardClientEvents, clipboardServerEvents } from './clipboard.js';
import { controlClientEvents, controlServerEvents } from './control.js';
import { keyboardClientEvents } from './keyboard.js';
import { pluginClientEvents, pluginServerEvents } from './plugins.js';
import { screenClientEvents, screenServerEvents } from './screen.js';
import { sendClientEvents, sendServerEvents } from './send.js';
import { sessionServerEvents } from './session.js';
import { signalClientEvents, signalServerEvents } from './signal.js';
import { systemClientEvents, systemServerEvents } from './system.js';

/** Every event a client may send: its payload's schema, or null where the payload is ignored and may be absent. */
export const clientEvents = {
  ...systemClientEvents,
  ...signalClientEvents,
  ...controlClientEvents,
  ...screenClientEvents,
  ...clipboardClientEvents,
  ...keyboardClientEvents,
  ...sendClientEvents,
  ...pluginClientEvents,
  ...doctorClientEvents,
};

/** Every event the server may send: its payload's schema, or null where there is no payload. */
export const serverEvents = {
  ...systemServerEvents,
  ...signalServerEvents,
  ...sessionServerEvents,
  ...controlServerEvents,
  ...screenServerEvents,
  ...clipboardServerEvents,
  ...sendServerEvents,
  ...pluginServerEvents,
  ...doctorServerEvents,
};

type EventTable = Record<string, TSchema | null>;
type PayloadOf<S extends TSchema | null> = S extends TSchema ? Static<S> : undefined;

/** The messages of an event table as a union, discriminated by `event`. */
export type MessageOf<Table extends EventTable> = {
  [Name in keyof Table & string]: Table[Name] extends TSchema
    ? { readonly event: Name; readonly payload: PayloadOf<Table[Name]> }
    : { readonly event: Name; readonly payload?: undefined };
}[keyof Table & string];

export type ClientEvents = typeof clientEvents;
export type ClientEventName = keyof ClientEvents;

export type ServerEvents = typeof serverEvents;
export type ServerEventName = keyof ServerEvents;
export type ServerMessage = MessageOf<ServerEvents>;
