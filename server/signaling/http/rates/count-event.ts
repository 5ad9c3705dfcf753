import { sayDropped } from '../../say-dropped.js';
import type { Services } from '../../services.js';
import type { EventKind } from '../../session-rates.js';
import { RetryLater } from './retry-later.js';

/** Counts a request as the WebSocket event that does the same; throws 429 when the session has sent too many of that kind. */
export function countEvent(services: Services, sessionId: string, kind: EventKind): void {
  const { rates, clock } = services;
  const nowMs = clock.nowMs();
  if (rates.take(sessionId, kind, nowMs)) return;
  sayDropped(services, sessionId, kind);
  const waitMs = rates.untilNextMs(sessionId, kind, nowMs);
  throw new RetryLater(Math.ceil(waitMs / 1_000), 'too-many-of-kind', { kind });
}
