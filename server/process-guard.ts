import type { Log } from './lib/log.js';

/** Whoever sends many such packets must not fill the log. */
const SAID_EVERY_MS = 10_000;

/**
 * Keeps the process alive when werift rejects a promise that nobody awaits, as it does on some malformed DTLS and SCTP
 * packets: what one viewer sends must not end the desktop for all others. Anything else that gets here is a bug of ours and
 * ends the process, so that the supervisor starts a fresh one.
 */
export function guardProcess(log: Log): void {
  let lastSaidMs = Number.NEGATIVE_INFINITY;
  const handle = (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (stack.includes('/node_modules/werift/')) {
      if (performance.now() - lastSaidMs < SAID_EVERY_MS) return;
      lastSaidMs = performance.now();
      log.warn({ error: stack }, 'a viewer’s packet upset the WebRTC stack; it was dropped');
      return;
    }
    log.error({ error: stack }, 'unexpected error, ending');
    process.exit(1);
  };
  process.on('unhandledRejection', handle);
  process.on('uncaughtException', handle);
}
