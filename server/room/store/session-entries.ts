import { type Static, Type } from '@sinclair/typebox';
import { err, ok, type Result } from '../../lib/result.js';
import { parseJson } from '../../lib/text/json-text.js';
import { isWellFormed } from '../../lib/text/seen-text.js';
import { decode } from '../../protocol/decode.js';
import { MemberProfile } from '../../protocol/events/profile.js';
import { FIELD_LIMITS } from '../../protocol/limits.js';
import type { SavedSession } from '../room-state.js';
import { noted, type SessionNotes } from './session-notes.js';
import { tokenDigest } from './token-digest.js';

/** One session as the file spells it, shared with neko. */
const Entry = Type.Object({
  Id: Type.String({ minLength: 1 }),
  Token: Type.String({ minLength: 1 }),
  Profile: MemberProfile,
});

const NOT_WELL_FORMED = 'its id has half a surrogate pair, so that no request could name it';
const TOO_LONG = `its id is longer than ${FIELD_LIMITS.id.value} characters`;

/** The content of a session file: sessions, and other entries, which stay in the file as they are. */
export interface SessionEntries {
  readonly sessions: readonly SavedSession[];
  readonly broken: readonly BrokenEntry[];
}

export interface BrokenEntry {
  /** The entry's number, from 1. */
  readonly place: number;
  readonly reason: string;
  /** The entry as it was read; undefined where it is not worth keeping. */
  readonly entry: unknown;
}

/** Reads the file's text; an empty one holds no sessions. `nowMs` stands for unknown times. */
export function readSessions(text: string, notes: SessionNotes, nowMs: number): Result<SessionEntries> {
  if (text.replace('\uFEFF', '').trim() === '') return ok({ sessions: [], broken: [] });
  const content = parseJson(text);
  if (!content.ok) return content;
  if (!Array.isArray(content.value)) return err('not a list of sessions');
  const sessions: SavedSession[] = [];
  const broken: BrokenEntry[] = [];
  for (const [index, entry] of content.value.entries()) {
    const session = decode(Entry, entry);
    const place = index + 1;
    if (!session.ok) broken.push({ place, reason: session.error, entry });
    else if (session.value.Id.length > FIELD_LIMITS.id.value) broken.push({ place, reason: TOO_LONG, entry: undefined });
    else if (!isWellFormed(session.value.Id)) broken.push({ place, reason: NOT_WELL_FORMED, entry: undefined });
    else sessions.push(noted(plain(session.value), notes, nowMs));
  }
  return ok({ sessions, broken });
}

/** The file's text for these entries. */
export function writeSessions({ sessions, broken }: SessionEntries): string {
  const entries: Static<typeof Entry>[] = sessions.map(({ id, token, profile }) => ({ Id: id, Token: token, Profile: profile }));
  return `${JSON.stringify([...entries, ...broken.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))], null, 2)}\n`;
}

function plain({ Id, Token, Profile }: Static<typeof Entry>) {
  return { id: Id, token: Token, tokenDigest: tokenDigest(Token), profile: Profile };
}
