import { type Static, Type } from '@sinclair/typebox';
import { MemberProfile } from '../protocol/profile.js';
import type { SavedSession } from '../room/room-state.js';
import { wireTime } from '../room/wire-view.js';
import { placeOf } from './client-address.js';
import { tokenDigest } from './credentials.js';

const Nullable = Type.Union([Type.String(), Type.Null()], { default: null });

/** One session of the session file: neko's three fields (model.md section 4), and ours that neko does not look at. */
export const SessionEntry = Type.Object({
  Id: Type.String({ minLength: 1 }),
  Token: Type.String({ minLength: 1 }),
  Profile: MemberProfile,
  /** RFC 3339; absent in a file of neko's. */
  CreatedAt: Nullable,
  /** Null while it was connected. */
  UsedAt: Nullable,
  Address: Type.String(),
  PasswordMark: Nullable,
});
export type SessionEntry = Static<typeof SessionEntry>;

export function toEntry({ id, token, profile, createdMs, usedMs, place, passwordMark }: SavedSession): SessionEntry {
  return {
    Id: id,
    Token: token,
    Profile: profile,
    CreatedAt: wireTime(createdMs),
    UsedAt: usedMs === null ? null : wireTime(usedMs),
    Address: place.address,
    PasswordMark: passwordMark,
  };
}

/** `nowMs` stands for the login's time where the entry does not tell it. */
export function fromEntry(entry: SessionEntry, nowMs: number): SavedSession {
  return {
    id: entry.Id,
    token: entry.Token,
    tokenDigest: tokenDigest(entry.Token),
    profile: entry.Profile,
    createdMs: epochOf(entry.CreatedAt) ?? nowMs,
    usedMs: epochOf(entry.UsedAt),
    place: placeOf(entry.Address),
    passwordMark: entry.PasswordMark,
  };
}

function epochOf(time: string | null): number | null {
  const epochMs = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(epochMs) ? null : epochMs;
}
