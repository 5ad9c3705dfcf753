import { createHash, createHmac } from 'node:crypto';

/** HMAC-SHA1, the hash of MESSAGE-INTEGRITY (RFC 8489 section 14.5). */
export function hmacSha1(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha1', key).update(data).digest();
}

/** The key of a long-term credential (RFC 8489 section 9.2.2), as TURN servers use it. */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}
