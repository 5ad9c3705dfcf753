import { err } from '../../../lib/result.js';
import { sendClientEvents as events } from '../../../protocol/events/send.js';
import { relay } from '../../services.js';
import { DONE, type EventRoute, on } from './event-route.js';

export const sendEvents = {
  'send/unicast': on(events['send/unicast'], (services, { sessionId: sender }, { receiver, subject, body }) => {
    if (!services.room.state.sessions.has(receiver)) return err('unknown receiver');
    const payload = { sender, receiver, subject, body };
    relay(services, { event: 'send/unicast', payload }, ({ id }) => id === receiver);
    return DONE;
  }),
  'send/broadcast': on(events['send/broadcast'], (services, { sessionId: sender }, { subject, body }) => {
    const payload = { sender, subject, body };
    relay(services, { event: 'send/broadcast', payload }, ({ id }) => id !== sender);
    return DONE;
  }),
} satisfies Record<keyof typeof events, EventRoute>;
