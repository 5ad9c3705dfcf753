import type { RtpClock } from '../../server/capture/streams/rtp-clock.js';

/** The RTP timestamp (32 bits) of what was captured at `nowMs`. */
export function rtpTimestampAt(clock: RtpClock, nowMs: number): number {
  return Math.floor(((nowMs - clock.zeroMs) * clock.clockRateHz) / 1000) % 2 ** 32;
}
