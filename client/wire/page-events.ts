import type { ServerEventName, ServerMessage } from '../../server/protocol/events/events.js';

/** The events of the server that the page uses; `npm run readers` compiles a reader for each. */
export const PAGE_EVENTS = [
  'system/init',
  'system/admin',
  'system/settings',
  'system/disconnect',
  'signal/provide',
  'signal/offer',
  'signal/restart',
  'signal/answer',
  'signal/candidate',
  'signal/close',
  'signal/refused',
  'signal/iceservers',
  'session/created',
  'session/deleted',
  'session/profile',
  'session/state',
  'control/host',
  'control/request',
  'screen/updated',
  'clipboard/updated',
  'clipboard/refused',
  'doctor/probe',
  'doctor/report',
  'doctor/refused',
] as const satisfies readonly ServerEventName[];

export type PageEvent = (typeof PAGE_EVENTS)[number];

/** A message of one of these events, with the payload's type from server/protocol/. */
export type PageMessage = Extract<ServerMessage, { readonly event: PageEvent }>;
