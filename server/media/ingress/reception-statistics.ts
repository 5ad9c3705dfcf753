import { distance16 } from '../bytes.js';

/** What a receiver report says about one source (RFC 3550 section 6.4.1), in its units. */
export interface ReceptionBlock {
  readonly ssrc: number;
  /** Of 256, since the last report. */
  readonly fractionLost: number;
  readonly totalLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  readonly lastReport: number;
  /** In units of 1/65536 s. */
  readonly delaySinceLastReport: number;
}

/** One source of the viewer: what arrived of it, and how evenly (RFC 3550 appendix A). Time is an argument. */
export class ReceptionStatistics {
  readonly #ssrc: number;
  #first = -1;
  #highest = -1;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** In units of the clock, with fractions. */
  #jitter = 0;
  #transit: number | undefined;
  #report: { readonly compactNtp: number; readonly atMs: number } | undefined;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  /** Notes a packet and returns its number, which counts on over 16 bits. */
  note(sequence: number, timestamp: number, clockRateHz: number, nowMs: number): number {
    const number = this.#highest < 0 ? sequence : this.#highest + distance16(sequence, this.#highest & 0xffff);
    if (this.#first < 0 || number < this.#first) this.#first = number;
    this.#highest = Math.max(this.#highest, number);
    this.#received += 1;
    const transit = ((nowMs * clockRateHz) / 1_000 - timestamp) % 0x1_0000_0000;
    // The circle of timestamps is 32 bits, and the shorter way round is the one that was gone.
    if (this.#transit !== undefined) this.#jitter += (Math.abs(shorter(transit - this.#transit)) - this.#jitter) / 16;
    this.#transit = transit;
    return number;
  }

  /** The viewer's sender report came in: the middle 32 bits of its NTP time. */
  reported(compactNtp: number, nowMs: number): void {
    this.#report = { compactNtp, atMs: nowMs };
  }

  /** What has happened since the last call; undefined when nothing arrived since (RFC 3550 section 6.4.2). */
  block(nowMs: number): ReceptionBlock | undefined {
    if (this.#received === this.#receivedBefore) return undefined;
    const expected = this.#highest - this.#first + 1;
    const [expectedNow, receivedNow] = [expected - this.#expectedBefore, this.#received - this.#receivedBefore];
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const lost = Math.max(0, expectedNow - receivedNow);
    const delayMs = this.#report === undefined ? 0 : nowMs - this.#report.atMs;
    return {
      ssrc: this.#ssrc,
      fractionLost: expectedNow > 0 ? Math.min(255, Math.floor((lost * 256) / expectedNow)) : 0,
      totalLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - this.#received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lastReport: this.#report?.compactNtp ?? 0,
      delaySinceLastReport: Math.round((delayMs * 0x1_0000) / 1_000) >>> 0,
    };
  }
}

/** A difference on the circle of 32 bits, from -2^31 to 2^31. */
function shorter(difference: number): number {
  const turns = Math.round(difference / 0x1_0000_0000);
  return difference - turns * 0x1_0000_0000;
}
