/** A switch moves the timestamp on by at least this much, so that two frames never share one. */
const MIN_STEP_MS = 10;

/**
 * One viewer's continuous sequence numbers and timestamps over whatever streams it is served from.
 * Pure: the random starts come in. Frames that were dropped leave no gap; packets that the source itself lost do.
 */
export class Renumbering {
  readonly #clockRateHz: number;
  /** Rollover counter * 65536 + sequence number of the next packet. */
  #next: number;
  #timestampShift: number;
  #started = false;
  #lastTimestamp = 0;
  #lastArrivedAtMs = 0;

  /** `firstSequence` below 2^15 keeps the first rollover from being guessed wrong (RFC 3711 section 3.3.1). */
  constructor(clockRateHz: number, firstSequence: number, firstTimestamp: number) {
    this.#clockRateHz = clockRateHz;
    this.#next = firstSequence;
    this.#timestampShift = firstTimestamp;
  }

  /** The next packet comes from another stream or a rebuilt encoding: goes on where the last one would be by now. */
  begin(streamTimestamp: number, arrivedAtMs: number): void {
    const stepMs = Math.max(MIN_STEP_MS, arrivedAtMs - this.#lastArrivedAtMs);
    const timestamp = this.#started
      ? this.#lastTimestamp + Math.round((stepMs * this.#clockRateHz) / 1_000)
      : this.#timestampShift;
    this.#started = true;
    this.#timestampShift = (timestamp - streamTimestamp) >>> 0;
  }

  /** The index of the next packet to send; `lostBefore` packets are missing in the source right before it. */
  take(lostBefore: number): number {
    const index = this.#next + lostBefore;
    this.#next = index + 1;
    return index;
  }

  /** The viewer's timestamp for one of the stream. */
  timestamp(streamTimestamp: number): number {
    return (streamTimestamp + this.#timestampShift) >>> 0;
  }

  noteSent(timestamp: number, arrivedAtMs: number): void {
    this.#lastTimestamp = timestamp;
    this.#lastArrivedAtMs = arrivedAtMs;
  }
}
