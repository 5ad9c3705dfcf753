import { clipboardEvents } from './handlers/clipboard.js';
import { controlEvents } from './handlers/control.js';
import { doctorEvents } from './handlers/doctor.js';
import type { EventRoute } from './handlers/event-route.js';
import { keyboardEvents } from './handlers/keyboard.js';
import { pluginEvents } from './handlers/plugins.js';
import { screenEvents } from './handlers/screen.js';
import { sendEvents } from './handlers/send.js';
import { signalEvents } from './handlers/signal.js';
import { systemEvents } from './handlers/system.js';

const routes = new Map<string, EventRoute>(
  Object.entries({
    ...systemEvents,
    ...signalEvents,
    ...controlEvents,
    ...screenEvents,
    ...clipboardEvents,
    ...keyboardEvents,
    ...sendEvents,
    ...pluginEvents,
    ...doctorEvents,
  }),
);

/** The handler of an event, or undefined where the server takes no such event from clients. */
export function routeOf(event: string): EventRoute | undefined {
  return routes.get(event);
}

/** Signalling may wait for networks, and input must not wait for signalling: each has its own line. */
export function queueOf(event: string): 'signal' | 'desktop' {
  return event.startsWith('signal/') ? 'signal' : 'desktop';
}
