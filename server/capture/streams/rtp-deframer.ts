/** What one read of a framed stream brought, in order. */
export type RtpChunk = { readonly kind: 'packets'; readonly packets: readonly Buffer[] } | { readonly kind: 'restart' };

const LENGTH_BYTES = 2;

/**
 * Cuts a byte stream into RTP packets by the 16-bit lengths of RFC 4571 section 2. A length of 0, which that section tells
 * receivers to ignore, is how the worker marks that the encoding was rebuilt: in the stream itself it cannot be overtaken.
 * Packets are views into what was read; only one that spans two reads is copied.
 */
export class RtpDeframer {
  #partial: Buffer | undefined;

  /** The packets that `data` completes; the views are valid as long as `data` is. */
  read(data: Buffer): RtpChunk[] {
    const bytes = this.#partial === undefined ? data : Buffer.concat([this.#partial, data]);
    const chunks: RtpChunk[] = [];
    let packets: Buffer[] = [];
    const flush = () => {
      if (packets.length > 0) chunks.push({ kind: 'packets', packets });
      packets = [];
    };
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      if (end === at + LENGTH_BYTES) {
        flush();
        chunks.push({ kind: 'restart' });
      } else packets.push(bytes.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    flush();
    // A copy, since the caller may reuse what it read into.
    this.#partial = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
    return chunks;
  }
}

/** The marker that starts an encoding anew. */
export const RESTART_MARKER: Buffer = Buffer.alloc(LENGTH_BYTES);

/** Prefixes packets with their lengths (RFC 4571 section 2). */
export function frameRtp(packets: readonly Buffer[]): Buffer {
  const framed = Buffer.allocUnsafe(packets.reduce((sum, packet) => sum + LENGTH_BYTES + packet.length, 0));
  let at = 0;
  for (const packet of packets) {
    at = framed.writeUInt16BE(packet.length, at);
    at += packet.copy(framed, at);
  }
  return framed;
}
