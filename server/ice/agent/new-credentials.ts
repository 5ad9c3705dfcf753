import { randomBytes } from 'node:crypto';
import type { IceCredentials } from '../ice-types.js';

/** RFC 8839 section 5.4: at least 24 random bits in the ufrag, 128 in the password; base64's letters are the allowed ones. */
export function newCredentials(): IceCredentials {
  return { ufrag: randomBytes(6).toString('base64'), pwd: randomBytes(18).toString('base64') };
}
