import { StreamCutter } from './stream-cutter.js';

const LENGTH_BYTES = 2;

/** Cuts a byte stream into the frames of RFC 4571 (two bytes of length before each). Pure. */
export class FrameReader {
  readonly #cutter = new StreamCutter(LENGTH_BYTES, (header) => LENGTH_BYTES + header.readUInt16BE(0));

  /** Bytes of an unfinished frame; at most 65,537. */
  get pendingBytes(): number {
    return this.#cutter.pendingBytes;
  }

  /** The length that the frame under way announces, undefined if none has begun. */
  get announcedBytes(): number | undefined {
    const length = this.#cutter.announcedBytes;
    return length === undefined ? undefined : length - LENGTH_BYTES;
  }

  /** Adds bytes and returns the frames that they complete, without their lengths; they may be views into what came in. */
  push(chunk: Buffer): Buffer[] {
    return this.#cutter.push(chunk).map((message) => message.subarray(LENGTH_BYTES));
  }
}

/** A datagram of at most 65,535 bytes with its length in front. */
export function frameTcp(datagram: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(2 + datagram.length);
  framed.writeUInt16BE(datagram.length, 0);
  framed.set(datagram, 2);
  return framed;
}
