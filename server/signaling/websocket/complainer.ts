import { LogLimiter } from '../log-limiter.js';
import type { Services } from '../services.js';
import type { Malformed } from './handlers/event-route.js';

export type Complain = (event: string, error: string | Malformed) => void;

/**
 * The protocol has no error replies, so refusals go to the log, with the event's name and never its payload. A missing right
 * is ordinary; a malformed message means a broken client or an attack.
 */
export function complainer({ log, clock }: Pick<Services, 'log' | 'clock'>, sessionId: string): Complain {
  const limiter = new LogLimiter(10, 1_000);
  return (event, error) => {
    if (typeof error === 'string') return log.debug({ sessionId, event, reason: error }, 'message not obeyed');
    const heldBack = limiter.pass(clock.nowMs());
    if (heldBack === null) return;
    log.warn({ sessionId, event: event.slice(0, 64), error: error.reason.slice(0, 200), heldBack }, 'bad message');
  };
}
