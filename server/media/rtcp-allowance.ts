import { MEDIA_LIMITS } from './limits.js';

const PER_SECOND: number = MEDIA_LIMITS.rtcpRate.value;

/** How many more RTCP datagrams one viewer may send; browsers send some dozens a second. Pure. */
export class RtcpAllowance {
  #left = PER_SECOND;
  #atMs = 0;

  take(nowMs: number): boolean {
    this.#left = Math.min(PER_SECOND, this.#left + ((nowMs - this.#atMs) / 1_000) * PER_SECOND);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
