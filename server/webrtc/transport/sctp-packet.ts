import { sctpChecksum } from '../../lib/crc32c.js';

/** Types of chunks (RFC 9260 section 3.2, RFC 6525 section 3.1, RFC 3758 section 3.2). */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  error: 9,
  cookieAck: 11,
  reconfig: 130,
  forwardTsn: 192,
} as const;

export const PACKET_HEADER_BYTES = 12;
export const CHUNK_HEADER_BYTES = 4;

export interface SctpChunk {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

export interface SctpPacket {
  readonly verificationTag: number;
  readonly chunks: readonly SctpChunk[];
}

/** Reads a packet up to `maxChunks` chunks; undefined when its checksum or a length in it is wrong, or there are more. */
export function readPacket(packet: Buffer, maxChunks: number): SctpPacket | undefined {
  if (packet.length < PACKET_HEADER_BYTES + CHUNK_HEADER_BYTES) return undefined;
  if (packet.readUInt32LE(8) !== sctpChecksum(packet)) return undefined;
  const chunks: SctpChunk[] = [];
  for (let at = PACKET_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= packet.length; ) {
    const length = packet.readUInt16BE(at + 2);
    if (length < CHUNK_HEADER_BYTES || at + length > packet.length || chunks.length === maxChunks) return undefined;
    chunks.push({
      type: packet[at]!,
      flags: packet[at + 1]!,
      body: packet.subarray(at + CHUNK_HEADER_BYTES, at + length),
    });
    at += padded(length);
  }
  return { verificationTag: packet.readUInt32BE(4), chunks };
}

export interface SctpParameter {
  readonly type: number;
  readonly value: Buffer;
}

/** Reads the parameters of a chunk (RFC 9260 section 3.2.1); undefined when a length in them is wrong. */
export function readParameters(body: Buffer): SctpParameter[] | undefined {
  const parameters: SctpParameter[] = [];
  for (let at = 0; at + CHUNK_HEADER_BYTES <= body.length; ) {
    const length = body.readUInt16BE(at + 2);
    if (length < CHUNK_HEADER_BYTES || at + length > body.length) return undefined;
    parameters.push({ type: body.readUInt16BE(at), value: body.subarray(at + CHUNK_HEADER_BYTES, at + length) });
    at += padded(length);
  }
  return parameters;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
