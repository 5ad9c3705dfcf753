import { systemClientEvents as events } from '../../../protocol/events/system.js';
import { DONE, type EventRoute, on, onBare } from './event-route.js';

/** A client's own log is logged at debug level only: it cannot be trusted. */
const MAX_LOGGED_CHARACTERS = 500;

export const systemEvents = {
  'system/logs': on(events['system/logs'], ({ log }, { sessionId }, entries) => {
    for (const { level, message } of entries.slice(0, 25)) {
      log.debug({ sessionId, level: level.slice(0, 16), said: message.slice(0, MAX_LOGGED_CHARACTERS) }, 'client log');
    }
    return DONE;
  }),
  'client/heartbeat': onBare(() => DONE),
} satisfies Record<keyof typeof events, EventRoute>;
