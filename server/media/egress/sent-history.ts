import { distance16 } from '../bytes.js';
import { MEDIA_LIMITS } from '../limits.js';

/** A packet asked for again within a round trip is still under way; this stands in while none was measured. */
const MIN_RESEND_DISTANCE_MS = 10;

/**
 * What one track sent lately, as columns of numbers: enough to make the very same bytes again from the stream's ring,
 * so that a viewer's history costs 51 bytes per packet and not a copy of it.
 */
export class SentHistory {
  readonly streamIndex: Float64Array;
  readonly timestamp: Uint32Array;
  readonly transportSequence: Uint16Array;
  readonly sentAtMs: Float64Array;
  readonly playoutDelay: Uint32Array;
  readonly #index: Float64Array;
  readonly #resentAtMs: Float64Array;
  readonly #resends: Uint8Array;
  /** Of the stream that the packet came from; streams are distinguished by their epoch, which is never used twice. */
  readonly epoch: Float64Array;
  readonly #mask: number;
  #newest = -1;

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    this.#mask = capacity - 1;
    this.streamIndex = new Float64Array(capacity);
    this.timestamp = new Uint32Array(capacity);
    this.transportSequence = new Uint16Array(capacity);
    this.sentAtMs = new Float64Array(capacity);
    this.playoutDelay = new Uint32Array(capacity);
    this.epoch = new Float64Array(capacity);
    this.#index = new Float64Array(capacity).fill(-1);
    this.#resentAtMs = new Float64Array(capacity);
    this.#resends = new Uint8Array(capacity);
  }

  record(
    index: number,
    epoch: number,
    streamIndex: number,
    timestamp: number,
    transportSequence: number,
    playoutDelay: number,
    nowMs: number,
  ): void {
    const row = index & this.#mask;
    this.#index[row] = index;
    this.epoch[row] = epoch;
    this.streamIndex[row] = streamIndex;
    this.timestamp[row] = timestamp;
    this.transportSequence[row] = transportSequence;
    this.playoutDelay[row] = playoutDelay;
    this.sentAtMs[row] = nowMs;
    this.#resentAtMs[row] = nowMs;
    this.#resends[row] = 0;
    this.#newest = index;
  }

  /** The index that a 16-bit sequence number from a NACK means. */
  indexOf(sequence: number): number {
    return this.#newest + distance16(sequence, this.#newest & 0xffff);
  }

  /** The index recorded last, or -1. */
  get newest(): number {
    return this.#newest;
  }

  /** The row of an index, or -1 where nothing is known of it any more. */
  rowOf(index: number): number {
    const row = index & this.#mask;
    return index >= 0 && this.#index[row] === index ? row : -1;
  }

  /** The index that a row is about. */
  indexAt(row: number): number {
    return this.#index[row]!;
  }

  /** The row of a packet that may be sent again now, or -1: unknown, sent often enough, or still under way. */
  resendable(index: number, nowMs: number, rttMs: number): number {
    const row = this.rowOf(index);
    if (row < 0 || this.#resends[row]! >= MEDIA_LIMITS.resends.value) return -1;
    return nowMs - this.#resentAtMs[row]! < Math.max(MIN_RESEND_DISTANCE_MS, rttMs) ? -1 : row;
  }

  noteResent(row: number, nowMs: number): void {
    this.#resends[row]!++;
    this.#resentAtMs[row] = nowMs;
  }
}
