import type { LimitTable } from '../lib/bounds/limits.js';

const REFUSED = 'the message or request is refused';

/** Bounds on one field of a message or of a request's JSON; characters are UTF-16 units, except in names. */
export const FIELD_LIMITS = {
  depth: { value: 100, unit: 'count', what: 'lists and objects within each other in JSON', beyond: REFUSED },
  name: {
    value: 128,
    unit: 'characters',
    what: 'user name or display name: one line, empty or with a character that can be seen',
    beyond: REFUSED,
  },
  password: { value: 1_024, unit: 'characters', what: 'password', beyond: REFUSED },
  id: { value: 256, unit: 'characters', what: 'id of a session, a stream or a probe', beyond: REFUSED },
  subject: { value: 1_024, unit: 'characters', what: 'subject of a message between clients', beyond: REFUSED },
  clipboard: { value: 8 * 1024 * 1024, unit: 'characters', what: 'text for the clipboard', beyond: REFUSED },
  sdp: { value: 65_536, unit: 'characters', what: 'session description (SDP)', beyond: REFUSED },
  candidate: {
    value: 1_024,
    unit: 'characters',
    what: 'ICE candidate, in a message or a line of a session description',
    beyond: `${REFUSED}; the line is ignored`,
  },
  layout: { value: 128, unit: 'characters', what: 'name of a keyboard layout or variant', beyond: REFUSED },
  pluginKeys: { value: 64, unit: 'count', what: 'plug-in values of a profile or of the room in one change', beyond: REFUSED },
  logEntries: { value: 100, unit: 'count', what: 'lines of a client’s own log in one message', beyond: REFUSED },
} as const satisfies LimitTable;
