import { networkOf } from '../address.js';
import type { RateLimit } from './rate-limit.js';
import { encodeBareStun, encodeStun, type ReceivedStun, type StunMessage } from './stun.js';

const MAX_UNKNOWN_TOLD = 8;

/**
 * The answer of a STUN server to a plain binding request (RFC 8489 section 6.3), or undefined if it gets none.
 *
 * The answer is as short as it may be and the rate per address is bounded, so that a forged sender gains next to nothing: 32
 * bytes (44 on IPv6) for 20 or more, 36 for 24 or more with an unknown attribute. The reason phrase is empty, there is no
 * SOFTWARE, and only a request with FINGERPRINT gets one back.
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
  const encode = request.hasFingerprint ? encodeStun : encodeBareStun;
  return encode(answerTo(request, address, port));
}

function answerTo({ transactionId, unknownRequired }: ReceivedStun, address: string, port: number): StunMessage {
  if (unknownRequired.length === 0)
    return { kind: 'success', method: 'binding', transactionId, attributes: { xorMappedAddress: { address, port } } };
  const attributes = { errorCode: { code: 420, reason: '' }, unknownAttributes: unknownRequired.slice(0, MAX_UNKNOWN_TOLD) };
  return { kind: 'error', method: 'binding', transactionId, attributes };
}
