import { DATAGRAM_BYTES } from './outlet.js';

/** As much of a connection as is needed here; `net.Socket` is one. */
export interface ByteSink {
  write(bytes: Uint8Array): unknown;
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number;
}

const SCRATCH_BYTES = 64 * (DATAGRAM_BYTES + 2);
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Writes packets to a connection as frames (RFC 4571 section 2) in one system call. All connections share one buffer: what
 * the system takes at once, which is nearly always everything, costs no memory.
 */
export function writeFrames(sink: ByteSink, packets: readonly Uint8Array[]): void {
  let length = 0;
  for (const packet of packets) length += 2 + packet.length;
  const bytes = length <= SCRATCH_BYTES ? scratch : Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const packet of packets) {
    at = bytes.writeUInt16BE(packet.length, at);
    bytes.set(packet, at);
    at += packet.length;
  }
  sink.write(bytes.subarray(0, length));
  // Node keeps what it could not write at once.
  if (bytes === scratch && sink.writableLength > 0) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
}
