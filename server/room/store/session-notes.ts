import { type Static, Type } from '@sinclair/typebox';
import { err, ok, type Result } from '../../lib/result.js';
import { parseJson } from '../../lib/text/json-text.js';
import { decode } from '../../protocol/decode.js';
import { placeOf } from '../client-place.js';
import type { NewSession, SavedSession } from '../room-state.js';
import { wireTime } from '../wire-view.js';

const KEY_BYTES = 32;
const Nullable = Type.Union([Type.String(), Type.Null()], { default: null });

/** Facts about a session for which neko's file has no place; the digest of its token names the session. */
const Note = Type.Object({
  TokenDigest: Type.String(),
  /** RFC 3339. */
  CreatedAt: Type.String(),
  /** Null while it was connected. */
  UsedAt: Nullable,
  Address: Type.String(),
  PasswordMark: Nullable,
});
const Notes = Type.Object({ Key: Type.String(), Sessions: Type.Array(Note) });

export interface SessionNotes {
  /** The key of the password marks; null where there is none. */
  readonly key: Buffer | null;
  readonly byToken: ReadonlyMap<string, Static<typeof Note>>;
}

export const NO_NOTES: SessionNotes = { key: null, byToken: new Map() };

/** The notes' path: beside the session file, whose format is neko's. */
export function notesFileOf(sessionFile: string): string {
  return `${sessionFile}.notes`;
}

/** Reads the file's text; an empty one holds no notes. */
export function readNotes(text: string): Result<SessionNotes> {
  if (text.trim() === '') return ok(NO_NOTES);
  const content = parseJson(text);
  const notes = content.ok ? decode(Notes, content.value) : content;
  if (!notes.ok) return err(notes.error);
  const key = Buffer.from(notes.value.Key, 'base64');
  return ok({
    key: key.length === KEY_BYTES ? key : null,
    byToken: new Map(notes.value.Sessions.map((note) => [note.TokenDigest, note])),
  });
}

export function writeNotes(key: Buffer, sessions: readonly SavedSession[]): string {
  const notes: Static<typeof Notes> = {
    Key: key.toString('base64'),
    Sessions: sessions.map(({ tokenDigest, createdMs, usedMs, place, passwordMark }) => ({
      TokenDigest: tokenDigest,
      CreatedAt: wireTime(createdMs),
      UsedAt: usedMs === null ? null : wireTime(usedMs),
      Address: place.address,
      PasswordMark: passwordMark,
    })),
  };
  return `${JSON.stringify(notes, null, 2)}\n`;
}

/** A session of the file with its note; one without a note, as neko's are, counts as made at `nowMs`. */
export function noted(
  session: Pick<NewSession, 'id' | 'token' | 'tokenDigest' | 'profile'>,
  { byToken }: SessionNotes,
  nowMs: number,
): SavedSession {
  const note = byToken.get(session.tokenDigest);
  return {
    ...session,
    createdMs: epochOf(note?.CreatedAt ?? null) ?? nowMs,
    usedMs: epochOf(note?.UsedAt ?? null),
    place: placeOf(note?.Address ?? ''),
    passwordMark: note?.PasswordMark ?? null,
  };
}

function epochOf(time: string | null): number | null {
  const epochMs = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(epochMs) ? null : epochMs;
}
