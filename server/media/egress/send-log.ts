import { distance16 } from '../bytes.js';
import type { SendFeedback } from '../media-engine.js';
import type { TransportFeedback } from '../rtcp/transport-feedback.js';

/** Feedback comes every 50 to 100 ms; this is a second at 10 Mbit/s. */
const CAPACITY = 1024;
const MASK = CAPACITY - 1;

/** One viewer's transport-wide sequence numbers: when and how large each was. Pure. */
export class SendLog {
  readonly #sentAtMs = new Float64Array(CAPACITY);
  readonly #bytes = new Uint16Array(CAPACITY);
  readonly #sequence = new Int32Array(CAPACITY).fill(-1);
  readonly #probe = new Uint32Array(CAPACITY);
  #next = 0;
  /** The probe that everything sent now is part of, 0 for none. */
  probe = 0;

  /** The number of the next packet, 16 bits. */
  take(): number {
    const sequence = this.#next;
    this.#next = (sequence + 1) & 0xffff;
    return sequence;
  }

  record(sequence: number, nowMs: number, bytes: number): void {
    const row = sequence & MASK;
    this.#sequence[row] = sequence;
    this.#sentAtMs[row] = nowMs;
    this.#bytes[row] = bytes;
    this.#probe[row] = this.probe;
  }

  /** Joins a feedback with what was sent; a packet whose arrival was reported is forgotten. The columns are reused by the next call. */
  match({ firstSequence, count, arrived, arrivedAtMs }: TransportFeedback): SendFeedback {
    let rows = 0;
    let reached = this.#newestFrom(firstSequence);
    const lostUntil = (end: number) => {
      for (; reached < end; reached++) rows = this.#put(rows, (firstSequence + reached) & 0xffff, Number.NaN);
    };
    for (let i = 0; i < arrived.length; i++) {
      lostUntil(arrived[i]!);
      rows = this.#put(rows, (firstSequence + arrived[i]!) & 0xffff, arrivedAtMs[i]!);
      reached = Math.max(reached, arrived[i]! + 1);
    }
    // Nothing is known of packets that were not sent yet.
    lostUntil(Math.min(count, Math.max(0, distance16(this.#next, firstSequence))));
    return { count: rows, ...columns };
  }

  /** The log reaches back no further than this many packets behind `firstSequence`: of those before, a loss says nothing. */
  #newestFrom(firstSequence: number): number {
    return Math.max(0, distance16((this.#next - CAPACITY) & 0xffff, firstSequence));
  }

  #put(row: number, sequence: number, receivedAtMs: number): number {
    const logged = sequence & MASK;
    if (this.#sequence[logged] !== sequence || row === CAPACITY) return row;
    columns.sentAtMs[row] = this.#sentAtMs[logged]!;
    columns.receivedAtMs[row] = receivedAtMs;
    columns.bytes[row] = this.#bytes[logged]!;
    columns.probe[row] = this.#probe[logged]!;
    if (!Number.isNaN(receivedAtMs)) this.#sequence[logged] = -1;
    return row + 1;
  }
}

/** One set of columns serves every viewer: a hook reads them before it returns. */
const columns = {
  sentAtMs: new Float64Array(CAPACITY),
  receivedAtMs: new Float64Array(CAPACITY),
  bytes: new Uint16Array(CAPACITY),
  probe: new Uint32Array(CAPACITY),
};
