import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { offeredToken } from '../../../protocol/socket-protocol.js';
import type { Actor } from '../../../room/command.js';
import type { Room } from '../../../room/room-state.js';
import { tokenDigest } from '../../../room/store/token-digest.js';
import type { SessionOptions } from '../../options.js';
import { readCookie } from './cookie.js';

/** The 64 characters that a session token is made of, so that six random bits choose one. */
const ALPHABET = '_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const TOKEN_CHARACTERS = 64;

export function newToken(): string {
  return Array.from(randomBytes(TOKEN_CHARACTERS), (byte) => ALPHABET[byte & 63]).join('');
}

/**
 * The token of a request, from the first of these that has one: the WebSocket subprotocol that our page uses, the cookie where
 * cookies are on, `Authorization: Bearer`, `?token=`.
 */
export function shownToken(headers: IncomingHttpHeaders, url: string, session: SessionOptions): string | null {
  const offered = offeredToken(headers['sec-websocket-protocol']);
  if (offered !== null) return offered;
  const cookie = session.cookie.enabled ? readCookie(headers.cookie, session.cookie.name) : null;
  if (cookie !== null) return cookie;
  const [before, bearer, ...more] = (headers.authorization ?? '').split('Bearer ');
  if (before !== undefined && bearer !== undefined && more.length === 0) return bearer.trim();
  const query = url.indexOf('?');
  return (query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get('token')) || null;
}

/** Our tokens are never longer; a longer one is unknown without any work. */
const MAX_TOKEN_CHARACTERS = 4_096;

/** The API token's digest, for `actorOf`; null where there is no API token. */
export function apiTokenDigest(apiToken: string): string | null {
  return apiToken === '' ? null : tokenDigest(apiToken);
}

/**
 * The owner of `token`, or null for an unknown one. One digest is made and looked up, however many sessions there are.
 * Comparing digests instead of tokens keeps the time taken from revealing how near a guess came.
 */
export function actorOf(room: Room, token: string, apiDigest: string | null): Actor | null {
  if (token === '' || token.length > MAX_TOKEN_CHARACTERS) return null;
  const shown = tokenDigest(token);
  const id = room.idsByToken.get(shown);
  if (id !== undefined) return { kind: 'session', id };
  return shown === apiDigest ? { kind: 'api' } : null;
}
