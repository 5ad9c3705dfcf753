import { put16, put24, put32 } from '../bytes.js';
import type { TrackOptions } from '../media-engine.js';
import { RTP_HEADER_LENGTH } from './rtp.js';

/** RFC 8285 section 4.2: the profile of one-byte extension headers. */
const ONE_BYTE_PROFILE = 0xbede;
const MAX_ID = 14;
const MAX_VALUE_BYTES = 16;
/** The playout-delay extension counts in steps of 10 ms, 12 bits each for least and most. */
const PLAYOUT_STEP_MS = 10;
const PLAYOUT_MAX = 0xfff;

/**
 * The RTP header of one track, extensions included, laid out once. Per packet only the numbers in it change.
 * Extension elements use the one-byte form (RFC 8285), so ids are 1 to 14 and values 1 to 16 bytes; others are left out.
 */
export class HeaderTemplate {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #payloadType: number;
  #transportCcAt = -1;
  #absSendTimeAt = -1;
  #playoutDelayAt = -1;
  /** The playout-delay element as one number: the least in the upper 12 bits, the most in the lower, both in steps. */
  playoutDelay = 0;

  constructor(ssrc: number, payloadType: number, extensions: TrackOptions['extensions'] = {}) {
    const bytes: number[] = new Array(RTP_HEADER_LENGTH + 4).fill(0);
    const add = (id: number, value: ArrayLike<number>): number => {
      if (id < 1 || id > MAX_ID || value.length < 1 || value.length > MAX_VALUE_BYTES) return -1;
      bytes.push((id << 4) | (value.length - 1), ...Array.from(value));
      return bytes.length - value.length;
    };
    if (extensions.transportCc !== undefined) this.#transportCcAt = add(extensions.transportCc, [0, 0]);
    if (extensions.absSendTime !== undefined) this.#absSendTimeAt = add(extensions.absSendTime, [0, 0, 0]);
    if (extensions.playoutDelay !== undefined) this.#playoutDelayAt = add(extensions.playoutDelay, [0, 0, 0]);
    if (extensions.mid !== undefined) add(extensions.mid.id, latin1(extensions.mid.value));
    while (bytes.length % 4 !== 0) bytes.push(0);

    const extended = bytes.length > RTP_HEADER_LENGTH + 4;
    this.length = extended ? bytes.length : RTP_HEADER_LENGTH;
    this.#bytes = Uint8Array.from(bytes.slice(0, this.length));
    this.#payloadType = payloadType;
    this.#bytes[0] = extended ? 0x90 : 0x80;
    put32(this.#bytes, 8, ssrc);
    if (!extended) return;
    put16(this.#bytes, RTP_HEADER_LENGTH, ONE_BYTE_PROFILE);
    put16(this.#bytes, RTP_HEADER_LENGTH + 2, (bytes.length - RTP_HEADER_LENGTH - 4) / 4);
  }

  get hasTransportCc(): boolean {
    return this.#transportCcAt >= 0;
  }

  /** Of later packets, in ms. */
  setPlayoutDelay(minMs: number, maxMs: number): void {
    const steps = (ms: number) => Math.max(0, Math.min(PLAYOUT_MAX, Math.round(ms / PLAYOUT_STEP_MS)));
    this.playoutDelay = (steps(minMs) << 12) | steps(Math.max(minMs, maxMs));
  }

  /**
   * Writes the header at `at`; `sequence` is used modulo 2^16. `sentAtMs` goes into abs-send-time, where that is on.
   * `playoutDelay` differs from the present one in a packet that is made again.
   */
  write(
    out: Uint8Array,
    at: number,
    marker: boolean,
    sequence: number,
    timestamp: number,
    transportSequence: number,
    sentAtMs: number,
    playoutDelay = this.playoutDelay,
  ): void {
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; i++) out[at + i] = bytes[i]!;
    out[at + 1] = marker ? this.#payloadType | 0x80 : this.#payloadType;
    put16(out, at + 2, sequence & 0xffff);
    put32(out, at + 4, timestamp);
    if (this.#transportCcAt >= 0) put16(out, at + this.#transportCcAt, transportSequence);
    if (this.#absSendTimeAt >= 0) putAbsSendTime(out, at + this.#absSendTimeAt, sentAtMs);
    if (this.#playoutDelayAt >= 0) put24(out, at + this.#playoutDelayAt, playoutDelay);
  }
}

/** abs-send-time: seconds in 6.18 fixed point, 24 bits. */
function putAbsSendTime(out: Uint8Array, at: number, sentAtMs: number): void {
  put24(out, at, Math.floor(((sentAtMs % 64_000) / 1_000) * 0x4_0000) & 0xff_ffff);
}

function latin1(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
