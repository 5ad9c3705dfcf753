import { clipboardRoutes } from './handlers/clipboard.js';
import { controlRoutes } from './handlers/control.js';
import { doctorRoutes } from './handlers/doctor.js';
import type { EventRoute } from './handlers/event-route.js';
import { keyboardRoutes } from './handlers/keyboard.js';
import { pluginRoutes } from './handlers/plugins.js';
import { screenRoutes } from './handlers/screen.js';
import { sendRoutes } from './handlers/send.js';
import { signalRoutes } from './handlers/signal.js';
import { systemRoutes } from './handlers/system.js';

const routes = new Map<string, EventRoute>(
  Object.entries({
    ...systemRoutes,
    ...signalRoutes,
    ...controlRoutes,
    ...screenRoutes,
    ...clipboardRoutes,
    ...keyboardRoutes,
    ...sendRoutes,
    ...pluginRoutes,
    ...doctorRoutes,
  }),
);

/** What handles an event, or undefined where the server takes no such event from clients. */
export function routeOf(event: string): EventRoute | undefined {
  return routes.get(event);
}

/** Signalling waits for networks, input must not wait for signalling: each has a line of its own. */
export function lineOf(event: string): 'signal' | 'desktop' {
  return event.startsWith('signal/') ? 'signal' : 'desktop';
}
