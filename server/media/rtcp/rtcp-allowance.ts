import { TokenBucket } from '../../lib/bounds/token-bucket.js';
import { MEDIA_LIMITS } from '../limits.js';

const PER_SECOND: number = MEDIA_LIMITS.rtcpRate.value;

/** How many more RTCP datagrams one viewer may send; browsers send some dozens a second. Pure. */
export class RtcpAllowance {
  readonly #bucket = new TokenBucket({ perSecond: PER_SECOND, burst: PER_SECOND }, 0);

  take(nowMs: number): boolean {
    return this.#bucket.take(nowMs);
  }
}
