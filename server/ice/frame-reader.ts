/** Cuts a byte stream into the frames of RFC 4571 (two bytes of length before each). Pure. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes of an unfinished frame; at most 65,537. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  /** The length that the frame under way announces, undefined if none has begun. */
  get announcedBytes(): number | undefined {
    return this.#rest.length >= 2 ? this.#rest.readUInt16BE(0) : undefined;
  }

  /** Adds bytes and returns the frames that they complete, without their lengths; views into what came in. */
  push(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    while (at + 2 <= bytes.length) {
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      frames.push(bytes.subarray(at + 2, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

/** A datagram of at most 65,535 bytes with its length in front. */
export function frame(datagram: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(2 + datagram.length);
  framed.writeUInt16BE(datagram.length, 0);
  framed.set(datagram, 2);
  return framed;
}
