import { sctpChecksum } from '../../server/lib/crc32c.js';

/** SCTP packets as RFC 9260 section 3 has them, for a client that says whatever it likes. */
export interface Chunk {
  readonly type: number;
  readonly flags: number;
  readonly body: Uint8Array;
}

const HEADER_BYTES = 12;

/** One packet to port 5000 with a checksum that fits. */
export function sctpPacket(verificationTag: number, chunks: readonly Chunk[]): Buffer {
  const bodies = chunks.map(({ type, flags, body }) => {
    const bytes = Buffer.alloc(4 + Math.ceil(body.length / 4) * 4);
    bytes.writeUInt8(type, 0);
    bytes.writeUInt8(flags, 1);
    bytes.writeUInt16BE(4 + body.length, 2);
    bytes.set(body, 4);
    return bytes;
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(5_000, 0);
  header.writeUInt16BE(5_000, 2);
  header.writeUInt32BE(verificationTag, 4);
  return withChecksum(Buffer.concat([header, ...bodies]));
}

/** The packet with the CRC32c that belongs to its bytes (RFC 9260 appendix A). */
export function withChecksum(packet: Buffer): Buffer {
  if (packet.length < HEADER_BYTES) return packet;
  const copy = Buffer.from(packet);
  copy.writeUInt32LE(0, 8);
  copy.writeUInt32LE(sctpChecksum(copy), 8);
  return copy;
}

/** The chunks of a packet that is by the book. */
export function chunksOf(packet: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = HEADER_BYTES; at + 4 <= packet.length; ) {
    const length = packet.readUInt16BE(at + 2);
    chunks.push({ type: packet[at]!, flags: packet[at + 1]!, body: packet.subarray(at + 4, at + length) });
    at += Math.max(4, Math.ceil(length / 4) * 4);
  }
  return chunks;
}
