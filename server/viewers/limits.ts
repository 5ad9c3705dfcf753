import type { LimitTable } from '../lib/bounds/limits.js';

/** How many viewers may be on their way. */
export const VIEWER_LIMITS = {
  pendingPerSession: {
    value: 3,
    unit: 'count',
    what: 'viewers of a session that are being made at once',
    beyond: 'the request is refused',
  },
  settingUp: {
    value: 128,
    unit: 'count',
    what: 'viewers that are offered a connection and not connected yet',
    beyond: 'one of the address that has most of them is closed: unanswered before answered, the oldest first',
  },
  rememberedPaths: {
    value: 1_000,
    unit: 'count',
    what: 'addresses of which is remembered what their path carried',
    beyond: 'the one that was noted longest ago is forgotten',
  },
} as const satisfies LimitTable;
