import type { Log } from '../../server/lib/log.js';

/** A log that nobody reads. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
