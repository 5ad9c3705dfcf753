import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two secrets in a time that reveals neither their content nor their length. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** The form in which neko's file provider keeps passwords: base64 of SHA-256 of the UTF-8 text, unsalted. */
export function nekoHash(password: string): string {
  return digest(password).toString('base64');
}

/** A short text that stands for a secret, for `MemberProvider.credentials`. */
export function credentialOf(secret: string): string {
  return digest(secret).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
