/** The Castagnoli polynomial, bits reversed (RFC 9260 appendix A). */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC32c of an SCTP packet, its checksum field taken as zero (RFC 9260 section 6.8). */
export function sctpChecksum(packet: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (let i = 0; i < packet.length; i++) {
    const byte = i >= 8 && i < 12 ? 0 : packet[i]!;
    crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
