import type { Log } from '../lib/log.js';

/**
 * Ends the process when an error was caught nowhere else, once the error is logged: it is a bug, and the supervisor starts a
 * new process. Errors in what a viewer sends do not get here: they end that viewer's peer or socket.
 */
export function guardProcess(log: Log): void {
  const handle = (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error({ error: stack }, 'unexpected error, ending');
    process.exit(1);
  };
  process.on('unhandledRejection', handle);
  process.on('uncaughtException', handle);
}
