import { networkOf } from './address.js';
import type { RateLimit } from './rate-limit.js';
import { encodeStun, type ReceivedStun } from './stun.js';

/**
 * The answer of a STUN server to a plain binding request (RFC 8489 section 6.3), or undefined if it gets none.
 *
 * The answer has 40 bytes (52 on IPv6) for 20 or more, and the rate per address is bounded: a forged sender gains next to nothing.
 */
export function answerPlainBinding(
  request: ReceivedStun,
  address: string,
  port: number,
  limit: RateLimit,
  nowMs: number,
): Buffer | undefined {
  if (request.kind !== 'request' || request.method !== 'binding' || request.attributes.username !== undefined) return undefined;
  if (!limit.take(networkOf(address), nowMs)) return undefined;
  const { transactionId, unknownRequired } = request;
  if (unknownRequired.length > 0) {
    const errorCode = { code: 420, reason: 'Unknown Attribute' };
    const attributes = { errorCode, unknownAttributes: unknownRequired.slice(0, 8) };
    return encodeStun({ kind: 'error', method: 'binding', transactionId, attributes });
  }
  return encodeStun({ kind: 'success', method: 'binding', transactionId, attributes: { xorMappedAddress: { address, port } } });
}
