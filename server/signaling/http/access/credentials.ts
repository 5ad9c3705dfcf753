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
 * The token a request shows: beside a WebSocket as our page has it, then the cookie where cookies are on, then `Authorization: Bearer`, then `?token=`. First found
 * counts.
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

/** No token of ours is longer; what is longer is nobody's, and not worth the work. */
const MAX_TOKEN_CHARACTERS = 4_096;

/** What `actorOf` compares the API token with; null where there is none. */
export function apiTokenDigest(apiToken: string): string | null {
  return apiToken === '' ? null : tokenDigest(apiToken);
}

/**
 * Who shows `token`, or null where nobody does. One digest is made and looked up, however many sessions there are; that
 * digests are compared instead of tokens keeps the time taken from telling how near a guess came.
 */
export function actorOf(room: Room, token: string, apiDigest: string | null): Actor | null {
  if (token === '' || token.length > MAX_TOKEN_CHARACTERS) return null;
  const shown = tokenDigest(token);
  const id = room.idsByToken.get(shown);
  if (id !== undefined) return { kind: 'session', id };
  return shown === apiDigest ? { kind: 'api' } : null;
}
