import type { Services } from './services.js';
import type { EventKind } from './session-rates.js';

/** Logs, at intervals, that a session sends more than it may. */
export function sayDropped(
  { rates, clock, log }: Pick<Services, 'rates' | 'clock' | 'log'>,
  sessionId: string,
  kind: EventKind,
): void {
  const untold = rates.unloggedDrops(sessionId, clock.nowMs());
  if (untold !== null) log.warn({ sessionId, kind, untold }, 'a session sends too many messages or requests, some are dropped');
}
