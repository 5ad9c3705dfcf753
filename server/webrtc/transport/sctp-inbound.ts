import { ahead32, isAfter32 } from '../../lib/serial-number.js';
import { SCTP_LIMITS } from '../limits.js';

/** One DATA chunk, without what it carries (RFC 9260 section 3.3.1). */
export interface DataFacts {
  readonly tsn: number;
  readonly streamId: number;
  readonly sequence: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isUnordered: boolean;
  readonly bytes: number;
}

const FLAG_LAST = 1;
const FLAG_FIRST = 2;
const FLAG_UNORDERED = 4;
const FIXED_BYTES = 12;

/** Reads the body of a DATA chunk; undefined when it is too short to be one. */
export function readData(flags: number, body: Buffer): DataFacts | undefined {
  if (body.length < FIXED_BYTES) return undefined;
  return {
    tsn: body.readUInt32BE(0),
    streamId: body.readUInt16BE(4),
    sequence: body.readUInt16BE(6),
    isFirst: (flags & FLAG_FIRST) !== 0,
    isLast: (flags & FLAG_LAST) !== 0,
    isUnordered: (flags & FLAG_UNORDERED) !== 0,
    bytes: body.length - FIXED_BYTES,
  };
}

/**
 * What came in of one association and is not delivered yet. A sender numbers the fragments of a message without gaps and the
 * messages of a stream one by one (RFC 9260 section 6.9, 6.6), so that at most one message can be open among the chunks that
 * came without a gap; whoever does otherwise would have the receiver keep chunks for ever.
 */
export class SctpInbound {
  /** The last number up to which all came. */
  #cumulative: number;
  readonly #ahead = new Map<number, DataFacts>();
  #aheadBytes = 0;
  #open: { readonly first: DataFacts; bytes: number; fragments: number } | undefined;
  /** The sequence number that each stream's next ordered message has. */
  readonly #sequences = new Map<number, number>();

  constructor(initialTsn: number) {
    this.#cumulative = ahead32(initialTsn, 1);
  }

  get cumulative(): number {
    return this.#cumulative;
  }

  /** Chunks that wait for an earlier one. */
  get waiting(): number {
    return this.#ahead.size;
  }

  /** Whether there is room for these chunks of one packet. */
  hasRoom(chunks: readonly DataFacts[]): boolean {
    let bytes = this.#aheadBytes;
    for (const { tsn, bytes: more } of chunks) {
      if (!isAfter32(tsn, this.#cumulative)) continue;
      if (ahead32(tsn, this.#cumulative) > SCTP_LIMITS.window.value) return false;
      bytes += more;
    }
    return bytes <= SCTP_LIMITS.buffered.value;
  }

  /** Takes a chunk that there was room for; answers how its sender broke the rules, if it did. */
  take(data: DataFacts): string | undefined {
    if (data.bytes === 0) return 'a chunk without data';
    if (data.streamId >= SCTP_LIMITS.streams.value) return `data on stream ${data.streamId}`;
    if (!isAfter32(data.tsn, this.#cumulative) || this.#ahead.has(data.tsn)) return undefined;
    this.#ahead.set(data.tsn, data);
    this.#aheadBytes += data.bytes;
    return this.#advance();
  }

  /** The sender gave up on everything up to `cumulative` (RFC 3758 section 3.5). */
  skip(cumulative: number, streams: readonly (readonly [id: number, sequence: number])[]): string | undefined {
    if (!isAfter32(cumulative, this.#cumulative)) return undefined;
    for (const data of [...this.#ahead.values()]) if (!isAfter32(data.tsn, cumulative)) this.#remove(data);
    this.#cumulative = cumulative;
    this.#open = undefined;
    for (const [id, sequence] of streams) this.#sequences.set(id, (sequence + 1) & 0xffff);
    return this.#advance();
  }

  /** Whether all up to `lastTsn` came, and nothing of it or after it waits for more. */
  isSettled(lastTsn: number): boolean {
    return !isAfter32(lastTsn, this.#cumulative) && this.#ahead.size === 0 && this.#open === undefined;
  }

  /** Streams that begin anew (RFC 6525 section 5.2.2). */
  reset(streamIds: readonly number[]): void {
    for (const id of streamIds) this.#sequences.delete(id);
  }

  #advance(): string | undefined {
    for (;;) {
      const next = this.#ahead.get((this.#cumulative + 1) >>> 0);
      if (next === undefined) return undefined;
      this.#remove(next);
      this.#cumulative = next.tsn;
      const broken = this.#follow(next);
      if (broken !== undefined) return broken;
    }
  }

  #remove(data: DataFacts): void {
    this.#ahead.delete(data.tsn);
    this.#aheadBytes -= data.bytes;
  }

  /** A chunk that comes next in the order of numbers. */
  #follow(data: DataFacts): string | undefined {
    const open = this.#open;
    if (data.isFirst !== (open === undefined)) return 'fragments out of order';
    if (open === undefined) {
      const broken = this.#beginMessage(data);
      if (broken !== undefined) return broken;
    } else if (!isSameMessage(open.first, data)) return 'fragments of two messages mixed';
    const message = open ?? { first: data, bytes: 0, fragments: 0 };
    message.bytes += data.bytes;
    message.fragments += 1;
    this.#open = data.isLast ? undefined : message;
    const { message: most, fragments } = SCTP_LIMITS;
    if (message.bytes > most.value) return `a message of more than ${most.value} bytes`;
    return message.fragments > fragments.value ? `a message of more than ${fragments.value} fragments` : undefined;
  }

  #beginMessage({ isUnordered, streamId, sequence }: DataFacts): string | undefined {
    if (isUnordered) return undefined;
    if (sequence !== (this.#sequences.get(streamId) ?? 0)) return 'messages of a stream out of order';
    this.#sequences.set(streamId, (sequence + 1) & 0xffff);
    return undefined;
  }
}

function isSameMessage(first: DataFacts, data: DataFacts): boolean {
  return (
    first.streamId === data.streamId &&
    first.isUnordered === data.isUnordered &&
    (data.isUnordered || first.sequence === data.sequence)
  );
}
