import { err } from '../../lib/result.js';
import { keyboardClientEvents as events } from '../../protocol/keyboard.js';
import { type EventRoute, on } from './event-route.js';

export const keyboardRoutes = {
  'keyboard/map': on(events['keyboard/map'], ({ room, desktop }, { sessionId }, map) =>
    room.state.hostId === sessionId ? desktop.keyboard.setMap(map) : err('not-host'),
  ),
  'keyboard/modifiers': on(events['keyboard/modifiers'], ({ room, desktop }, { sessionId }, patch) =>
    room.state.hostId === sessionId ? desktop.keyboard.setModifiers(patch) : err('not-host'),
  ),
} satisfies Record<keyof typeof events, EventRoute>;
