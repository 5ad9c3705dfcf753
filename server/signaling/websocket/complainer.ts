import { LogLimiter } from '../log-limiter.js';
import type { Services } from '../services.js';
import type { Malformed } from './handlers/event-route.js';

export type Complain = (event: string, error: string | Malformed) => void;

/**
 * The protocol has no error replies: our log is the only place that tells. It names the event, never the payload. That
 * somebody may not do something is ordinary; a message that makes no sense is a broken client or worse.
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
