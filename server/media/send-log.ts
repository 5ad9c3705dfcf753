import type { SendFeedback } from './media-engine.js';
import type { TransportFeedback } from './transport-feedback.js';

/** Feedback comes every 50 to 100 ms; this is a second at 10 Mbit/s. */
const CAPACITY = 1024;
const MASK = CAPACITY - 1;

/** One viewer's transport-wide sequence numbers: when and how large each was. Pure. */
export class SendLog {
  readonly #sentAtMs = new Float64Array(CAPACITY);
  readonly #bytes = new Uint16Array(CAPACITY);
  readonly #sequence = new Int32Array(CAPACITY).fill(-1);
  #next = 0;

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
  }

  /** Joins a feedback with what was sent; a packet whose arrival was told is forgotten. The columns are reused by the next call. */
  match(feedback: TransportFeedback): SendFeedback {
    let count = 0;
    for (let i = 0; i < feedback.receivedAtMs.length; i++) {
      const sequence = (feedback.firstSequence + i) & 0xffff;
      const row = sequence & MASK;
      if (this.#sequence[row] !== sequence || count === CAPACITY) continue;
      const receivedAtMs = feedback.receivedAtMs[i]!;
      columns.sentAtMs[count] = this.#sentAtMs[row]!;
      columns.receivedAtMs[count] = receivedAtMs;
      columns.bytes[count] = this.#bytes[row]!;
      count++;
      if (!Number.isNaN(receivedAtMs)) this.#sequence[row] = -1;
    }
    return { count, ...columns };
  }
}

/** One set of columns serves every viewer: a hook reads them before it returns. */
const columns = {
  sentAtMs: new Float64Array(CAPACITY),
  receivedAtMs: new Float64Array(CAPACITY),
  bytes: new Uint16Array(CAPACITY),
};
