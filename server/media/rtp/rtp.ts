import { u16 } from '../bytes.js';

/** The fixed part of an RTP header (RFC 3550 section 5.1). */
export const RTP_HEADER_LENGTH = 12;

/** In the first byte: there is padding behind the payload. */
export const RTP_PADDING = 0x20;

/** Where the payload of the RTP packet in [at, end) begins; negative when this is not an RTP packet. */
export function rtpPayloadAt(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < RTP_HEADER_LENGTH || bytes[at]! >> 6 !== 2) return -1;
  let payloadAt = at + RTP_HEADER_LENGTH + (bytes[at]! & 0x0f) * 4;
  if ((bytes[at]! & 0x10) !== 0) {
    if (payloadAt + 4 > end) return -1;
    payloadAt += 4 + u16(bytes, payloadAt + 2) * 4;
  }
  return payloadAt <= end ? payloadAt : -1;
}

/** Bytes of padding behind the payload (RFC 3550 section 5.1); negative when they do not fit. */
export function rtpPadding(bytes: Uint8Array, at: number, payloadAt: number, end: number): number {
  if ((bytes[at]! & RTP_PADDING) === 0) return 0;
  const padding = end > payloadAt ? bytes[end - 1]! : 0;
  return padding > 0 && payloadAt + padding <= end ? padding : -1;
}

export function rtpMarker(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + 1]! & 0x80) !== 0;
}

/** Whether a datagram that is RTP or RTCP is RTCP (RFC 5761 section 4). */
export function isRtcp(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[0]! >> 6 === 2 && bytes[1]! >= 192 && bytes[1]! <= 223;
}
