import { createHash } from 'node:crypto';

/** What a session is found by when its token is shown. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
