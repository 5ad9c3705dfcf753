import type { Log } from '../lib/log.js';

/**
 * Ends the process, once its reason is in the log, when an error gets here: it is a bug of ours, and the supervisor starts a
 * fresh one. What a viewer sends never gets here: an error over it ends that viewer's peer or socket.
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
