import type { CookieOptions } from '../../options.js';

/** The value of one cookie of a request, or null. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/**
 * The Set-Cookie header that hands out a token. `crossSite`: pages of other sites may use it; browsers
 * allow that with Secure only.
 */
export function sessionCookie(options: CookieOptions, token: string, nowMs: number, crossSite: boolean): string {
  const parts = [`${options.name}=${token}`];
  if (options.path !== '') parts.push(`Path=${options.path}`);
  if (options.domain !== '') parts.push(`Domain=${options.domain}`);
  parts.push(`Expires=${new Date(nowMs + options.expirationMs).toUTCString()}`);
  if (options.httpOnly) parts.push('HttpOnly');
  if (options.secure) parts.push('Secure');
  parts.push(`SameSite=${options.secure && crossSite ? 'None' : 'Lax'}`);
  return parts.join('; ');
}

/** The Set-Cookie header that removes it; path and domain must be those it was set with, or it would stay. */
export function clearedCookie(options: CookieOptions): string {
  const parts = [`${options.name}=`];
  if (options.path !== '') parts.push(`Path=${options.path}`);
  if (options.domain !== '') parts.push(`Domain=${options.domain}`);
  parts.push('Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  return parts.join('; ');
}
