import { close, open } from 'node:fs';
import type { Clock } from '../../../lib/clock.js';
import type { Dispose } from '../../../lib/dispose.js';
import type { Log } from '../../../lib/log.js';
import { LogLimiter } from '../../log-limiter.js';

const LOOK_EVERY_MS = 2_000;
const SAID_EVERY_MS = 60_000;
/** Too many open files of this process, and of the whole system. */
const USED_UP = ['EMFILE', 'ENFILE'];

/** Logs when there are no descriptors left: then connections fail before the HTTP server sees them. */
export function watchDescriptors(clock: Clock, log: Log): Dispose {
  const limiter = new LogLimiter(1, SAID_EVERY_MS);
  const look = () => {
    release = clock.after(LOOK_EVERY_MS, look);
    open('/dev/null', 'r', (error, descriptor) => {
      if (error === null) return close(descriptor, () => {});
      if (!USED_UP.includes(error.code ?? '')) return;
      const heldBack = limiter.pass(clock.nowMs());
      if (heldBack !== null)
        log.error({ error: error.message, heldBack }, 'no descriptors are left, new connections are closed unseen: raise nofile');
    });
  };
  let release = clock.after(LOOK_EVERY_MS, look);
  return () => release();
}
