import { Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from '../limits.js';

/** Messages between clients; `body` is theirs and kept as it is. The server sets `sender`. */
const content = { subject: Type.String({ maxLength: FIELD_LIMITS.subject.value }), body: Type.Unknown() };

export const sendClientEvents = {
  'send/unicast': Type.Object({ receiver: Type.String({ maxLength: FIELD_LIMITS.id.value }), ...content }),
  'send/broadcast': Type.Object(content),
};

export const sendServerEvents = {
  'send/unicast': Type.Object({ sender: Type.String(), receiver: Type.String(), ...content }),
  'send/broadcast': Type.Object({ sender: Type.String(), ...content }),
};
