import { keyboardClientEvents as events } from '../../../protocol/events/keyboard.js';
import { type EventRoute, guarded, on } from './event-route.js';

export const keyboardEvents = {
  'keyboard/map': on(
    events['keyboard/map'],
    guarded('set-keyboard', ({ desktop }, _sender, map) => desktop.keyboard.setMap(map)),
  ),
  'keyboard/modifiers': on(
    events['keyboard/modifiers'],
    guarded('set-keyboard', ({ desktop }, _sender, patch) => desktop.keyboard.setModifiers(patch)),
  ),
} satisfies Record<keyof typeof events, EventRoute>;
