import { u16 } from '../bytes.js';

/** draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. */
export interface TransportFeedback {
  readonly kind: 'transport-feedback';
  readonly firstSequence: number;
  /** How many packets are spoken of, arrived or not. */
  readonly count: number;
  /** Of the packets that arrived: how far behind `firstSequence` each is, rising. */
  readonly arrived: readonly number[];
  /** When each of those arrived, on the receiver's clock, ms. */
  readonly arrivedAtMs: readonly number[];
}

const REFERENCE_MS = 64;
const DELTA_MS = 0.25;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;

/**
 * Reads one feedback packet in [at, end), RTCP header included; undefined when it contradicts itself. A few bytes can speak of
 * 65,535 packets, but only to say that they did not arrive: what is done and kept is in proportion to the bytes.
 */
export function parseTransportFeedback(bytes: Uint8Array, at: number, end: number): TransportFeedback | undefined {
  if (end - at < 20) return undefined;
  const count = u16(bytes, at + 14);
  const chunks = at + 20;
  const deltas = endOfChunks(bytes, chunks, end, count);
  if (deltas < 0) return undefined;
  const reader = new ArrivalReader(bytes, deltas, end, referenceMs(bytes, at + 16));
  for (let next = chunks, i = 0; next < deltas; next += 2) {
    const chunk = u16(bytes, next);
    const until = Math.min(count, i + chunkLength(chunk));
    if (!readChunk(chunk, i, until, reader)) return undefined;
    i = until;
  }
  return {
    kind: 'transport-feedback',
    firstSequence: u16(bytes, at + 12),
    count,
    arrived: reader.arrived,
    arrivedAtMs: reader.atMs,
  };
}

/** The arrival times that stand behind the chunks, one after the other. */
class ArrivalReader {
  readonly arrived: number[] = [];
  readonly atMs: number[] = [];
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #next: number;
  #timeMs: number;

  constructor(bytes: Uint8Array, next: number, end: number, timeMs: number) {
    this.#bytes = bytes;
    this.#next = next;
    this.#end = end;
    this.#timeMs = timeMs;
  }

  /** Takes the time of packet `i`, if its symbol says that there is one; false when the bytes are used up. */
  take(symbol: number, i: number): boolean {
    const size = symbol === SMALL_DELTA ? 1 : symbol === LARGE_DELTA ? 2 : 0;
    if (size === 0) return true;
    if (this.#next + size > this.#end) return false;
    const delta = size === 1 ? this.#bytes[this.#next]! : (u16(this.#bytes, this.#next) << 16) >> 16;
    this.#next += size;
    this.#timeMs += delta * DELTA_MS;
    this.arrived.push(i);
    this.atMs.push(this.#timeMs);
    return true;
  }
}

/** 24 bits, signed. */
function referenceMs(bytes: Uint8Array, at: number): number {
  return (((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8) * REFERENCE_MS;
}

/** Where the chunks for `count` packets end, negative when the packet ends before. */
function endOfChunks(bytes: Uint8Array, at: number, end: number, count: number): number {
  let next = at;
  for (let i = 0; i < count; next += 2) {
    if (next + 2 > end) return -1;
    i += chunkLength(u16(bytes, next));
  }
  return next;
}

/** Of how many packets a chunk speaks: a run of one symbol, 14 symbols of one bit or 7 of two. */
function chunkLength(chunk: number): number {
  if ((chunk & 0x8000) === 0) return chunk & 0x1fff;
  return (chunk & 0x4000) === 0 ? 14 : 7;
}

function readChunk(chunk: number, from: number, until: number, reader: ArrivalReader): boolean {
  if ((chunk & 0x8000) === 0) {
    const symbol = (chunk >> 13) & 0x03;
    // Only packets that arrived take a byte each, which ends the longest run.
    if (symbol !== SMALL_DELTA && symbol !== LARGE_DELTA) return true;
    for (let i = from; i < until; i++) if (!reader.take(symbol, i)) return false;
    return true;
  }
  const bits = (chunk & 0x4000) === 0 ? 1 : 2;
  for (let i = from, shift = 14 - bits; i < until; i++, shift -= bits) {
    if (!reader.take((chunk >> shift) & (bits === 1 ? 0x01 : 0x03), i)) return false;
  }
  return true;
}
