import { u16 } from './bytes.js';

/** draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. */
export interface TransportFeedback {
  readonly kind: 'transport-feedback';
  readonly firstSequence: number;
  /** Per packet from `firstSequence` on: arrival on the receiver's clock in ms, NaN when it did not arrive. */
  readonly receivedAtMs: Float64Array;
}

const REFERENCE_MS = 64;
const DELTA_MS = 0.25;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;

/** Reads one feedback packet in [at, end), RTCP header included; undefined when it contradicts itself. */
export function parseTransportFeedback(bytes: Uint8Array, at: number, end: number): TransportFeedback | undefined {
  if (end - at < 20) return undefined;
  const count = u16(bytes, at + 14);
  // 24 bits, signed.
  const reference = ((bytes[at + 16]! << 24) | (bytes[at + 17]! << 16) | (bytes[at + 18]! << 8)) >> 8;
  const symbols = new Uint8Array(count);
  let next = at + 20;
  for (let i = 0; i < count; next += 2) {
    if (next + 2 > end) return undefined;
    i = readChunk(u16(bytes, next), symbols, i);
  }
  const receivedAtMs = new Float64Array(count).fill(Number.NaN);
  let time = reference * REFERENCE_MS;
  for (let i = 0; i < count; i++) {
    const size = symbols[i] === SMALL_DELTA ? 1 : symbols[i] === LARGE_DELTA ? 2 : 0;
    if (size === 0) continue;
    if (next + size > end) return undefined;
    time += (size === 1 ? bytes[next]! : (u16(bytes, next) << 16) >> 16) * DELTA_MS;
    receivedAtMs[i] = time;
    next += size;
  }
  return { kind: 'transport-feedback', firstSequence: u16(bytes, at + 12), receivedAtMs };
}

/** Spreads a run-length or status-vector chunk from `i` on; returns where the next chunk goes on. */
function readChunk(chunk: number, symbols: Uint8Array, i: number): number {
  if ((chunk & 0x8000) === 0) {
    const run = chunk & 0x1fff;
    symbols.fill((chunk >> 13) & 0x03, i, i + run);
    // A run of none would never end.
    return i + Math.max(1, run);
  }
  const bits = (chunk & 0x4000) === 0 ? 1 : 2;
  for (let shift = 14 - bits; shift >= 0 && i < symbols.length; shift -= bits, i++) {
    symbols[i] = (chunk >> shift) & (bits === 1 ? 0x01 : 0x03);
  }
  return i;
}
