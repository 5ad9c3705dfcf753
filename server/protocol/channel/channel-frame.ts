/** The frame of the binary data channel (SPEC.md B1): big-endian, a header of 3 bytes with opcode and length. */
export const HEADER_BYTES = 3;

/** A time as the wire splits it: base 2^32-1, not 2^32. */
export interface SplitTime {
  readonly hi: number;
  readonly lo: number;
}

const TIME_BASE = 4_294_967_295;

export function splitTime(epochMs: number): SplitTime {
  return { hi: Math.floor(epochMs / TIME_BASE), lo: Math.floor(epochMs % TIME_BASE) };
}

export function joinTime(time: SplitTime): number {
  return time.hi * TIME_BASE + time.lo;
}

/** A view of one received message, also where it is part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A message of `totalBytes` with `length` in its length field; `fill` writes the bytes behind the header. */
export function frame(opcode: number, totalBytes: number, length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, opcode);
  view.setUint16(1, length);
  fill(view);
  return bytes;
}

/** Writes two unsigned 16-bit numbers behind the header; larger and negative ones are clamped, never wrapped. */
export function writePoint(view: DataView, x: number, y: number): void {
  view.setUint16(3, clamp(x, 0, 0xffff));
  view.setUint16(5, clamp(y, 0, 0xffff));
}

export function readTime(view: DataView, offset: number): SplitTime {
  return { hi: view.getUint32(offset), lo: view.getUint32(offset + 4) };
}

export function writeTime(view: DataView, offset: number, time: SplitTime): void {
  view.setUint32(offset, time.hi);
  view.setUint32(offset + 4, time.lo);
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
