/** One buffer out of a GStreamer pipeline. */
export interface GdpBuffer {
  readonly data: Buffer;
  readonly ptsNs: bigint;
}

/** Header of the GStreamer Data Protocol, version 1.0: a fixed size, then a payload whose length it gives. */
const HEADER_BYTES = 62;
const TYPE_OFFSET = 4;
const LENGTH_OFFSET = 6;
const TIMESTAMP_OFFSET = 10;
const TYPE_BUFFER = 1;

/** Reads what `gdppay` writes; anything but buffers (caps, events) is skipped. */
export class GdpDeframer {
  /** What is left of the reads so far; joined once it is enough, since an image takes many reads. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #neededBytes = HEADER_BYTES;

  /** The buffers that `data` completes. */
  read(data: Buffer): GdpBuffer[] {
    this.#parts.push(Buffer.from(data));
    this.#bytes += data.length;
    if (this.#bytes < this.#neededBytes) return [];
    const bytes = Buffer.concat(this.#parts);
    const buffers: GdpBuffer[] = [];
    let at = 0;
    this.#neededBytes = HEADER_BYTES;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + HEADER_BYTES + bytes.readUInt32BE(at + LENGTH_OFFSET);
      if (end > bytes.length) {
        this.#neededBytes = end - at;
        break;
      }
      if (bytes.readUInt16BE(at + TYPE_OFFSET) === TYPE_BUFFER) {
        buffers.push({ data: bytes.subarray(at + HEADER_BYTES, end), ptsNs: bytes.readBigUInt64BE(at + TIMESTAMP_OFFSET) });
      }
      at = end;
    }
    this.#parts = [bytes.subarray(at)];
    this.#bytes = bytes.length - at;
    return buffers;
  }
}
