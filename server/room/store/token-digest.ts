import { createHash } from 'node:crypto';

/** The digest of a token, by which its session is found. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
