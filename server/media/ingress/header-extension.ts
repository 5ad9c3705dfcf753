import { u16 } from '../bytes.js';
import { RTP_HEADER_LENGTH } from '../rtp/rtp.js';

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;

/**
 * The value of a header extension of the RTP packet whose payload begins at `payloadAt`, as text (RFC 8285 sections 4.2 and 4.3);
 * undefined where it has none, or not a whole one.
 */
export function extensionText(bytes: Uint8Array, at: number, payloadAt: number, id: number): string | undefined {
  if ((bytes[at]! & 0x10) === 0) return undefined;
  const headerAt = at + RTP_HEADER_LENGTH + (bytes[at]! & 0x0f) * 4;
  const profile = u16(bytes, headerAt);
  const isOneByte = profile === ONE_BYTE_PROFILE;
  if (!isOneByte && (profile & 0xfff0) !== TWO_BYTE_PROFILE) return undefined;
  for (let next = headerAt + 4; next < payloadAt; ) {
    const first = bytes[next]!;
    if (first === 0) {
      next += 1;
      continue;
    }
    // The one-byte form ends at id 15.
    if (isOneByte && first >> 4 === 15) return undefined;
    const valueAt = next + (isOneByte ? 1 : 2);
    if (valueAt > payloadAt) return undefined;
    const length = isOneByte ? (first & 0x0f) + 1 : bytes[next + 1]!;
    next = valueAt + length;
    if (next > payloadAt) return undefined;
    if ((isOneByte ? first >> 4 : first) === id) return String.fromCharCode(...bytes.subarray(valueAt, next));
  }
  return undefined;
}
