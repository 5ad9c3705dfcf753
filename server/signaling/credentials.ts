import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../room/command.js';
import type { Room } from '../room/room-state.js';
import { readCookie } from './cookie.js';
import type { SessionOptions } from './options.js';

/** The 64 characters that a session token is made of, so that six random bits choose one. */
const ALPHABET = '_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const TOKEN_CHARACTERS = 64;

export function newToken(): string {
  return Array.from(randomBytes(TOKEN_CHARACTERS), (byte) => ALPHABET[byte & 63]).join('');
}

/** The token a request shows: the cookie where cookies are on, then `Authorization: Bearer`, then `?token=`. First found counts. */
export function shownToken(headers: IncomingHttpHeaders, url: string, session: SessionOptions): string | null {
  const cookie = session.cookie.enabled ? readCookie(headers.cookie, session.cookie.name) : null;
  if (cookie !== null) return cookie;
  const [before, bearer, ...more] = (headers.authorization ?? '').split('Bearer ');
  if (before !== undefined && bearer !== undefined && more.length === 0) return bearer.trim();
  const query = url.indexOf('?');
  return (query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get('token')) || null;
}

/** Who shows `token`, or null where nobody does. */
export function actorOf(room: Room, token: string, apiToken: string): Actor | null {
  if (token === '') return null;
  const shown = digest(token);
  for (const session of room.sessions.values()) {
    if (timingSafeEqual(digest(session.token), shown)) return { kind: 'session', id: session.id };
  }
  return apiToken !== '' && timingSafeEqual(digest(apiToken), shown) ? { kind: 'api' } : null;
}

/** Digests are compared instead of tokens, so that the time taken tells nothing, not even a length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
