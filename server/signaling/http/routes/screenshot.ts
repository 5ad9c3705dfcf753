import { AppError } from '../../../protocol/errors/app-error.js';
import { actorId } from '../../../room/command.js';
import { HTTP_LIMITS } from '../../limits.js';
import { type Endpoint, endpoint } from '../endpoint.js';
import { RetryLater } from '../rates/retry-later.js';

const NEVER_STORED = { 'cache-control': 'no-cache, no-store, must-revalidate' };
const DEFAULT_QUALITY = 90;
/** Retry-After; a screenshot takes a fraction of it. */
const RETRY_AFTER_S = 1;

/** The quality in the query: 1 to 100; the default unless it is a whole number. */
export function readQuality(text: string | null): number {
  if (text === null || !/^[+-]?\d+$/.test(text)) return DEFAULT_QUALITY;
  return Math.min(100, Math.max(1, Number(text)));
}

/** The JPEG of the screen; a caller that waits for too many is refused more until one came. */
export function screenshotRoute(): Endpoint {
  const waiting = new Map<string, number>();
  let inAll = 0;
  const count = (caller: string, by: 1 | -1) => {
    inAll += by;
    const own = (waiting.get(caller) ?? 0) + by;
    if (own > 0) waiting.set(caller, own);
    else waiting.delete(caller);
  };
  const { screenshotsOfSession, screenshotsInAll } = HTTP_LIMITS;
  return endpoint('GET', '/api/room/screen/shot.jpg', { deeds: ['watch', 'administer'] }, async ({ services, actor, query }) => {
    const caller = actorId(actor);
    if ((waiting.get(caller) ?? 0) >= screenshotsOfSession.value) throw new RetryLater(RETRY_AFTER_S, 'too-many-screenshots');
    if (inAll >= screenshotsInAll.value) throw new RetryLater(RETRY_AFTER_S, 'screenshots-busy');
    count(caller, 1);
    try {
      const image = await services.screenshots.screenshot(readQuality(query.get('quality')));
      if (image.ok) return { status: 200, type: 'image/jpeg', body: image.value, headers: NEVER_STORED };
      services.log.warn({ reason: image.error }, 'no screenshot');
      throw new AppError('internal');
    } finally {
      count(caller, -1);
    }
  });
}
