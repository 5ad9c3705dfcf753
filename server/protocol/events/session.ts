import { type Static, Type } from '@sinclair/typebox';
import { Int } from '../numbers.js';
import { MemberProfile } from './profile.js';

/** RFC 3339 time. */
export const Time = Type.String();

export const SessionState = Type.Object({
  is_connected: Type.Boolean(),
  connected_since: Type.Optional(Time),
  not_connected_since: Type.Optional(Time),
  is_watching: Type.Boolean(),
  watching_since: Type.Optional(Time),
  not_watching_since: Type.Optional(Time),
});
export type SessionState = Static<typeof SessionState>;

export const SessionData = Type.Object({ id: Type.String({ minLength: 1 }), profile: MemberProfile, state: SessionState });
export type SessionData = Static<typeof SessionData>;

export const SessionId = Type.Object({ id: Type.String() });

const withId = { id: Type.String() };
export const SessionProfileEvent = Type.Object({ ...withId, ...MemberProfile.properties });
export const SessionStateEvent = Type.Object({ ...withId, ...SessionState.properties });

export const SessionCursors = Type.Object({
  id: Type.String(),
  cursors: Type.Array(Type.Object({ x: Int, y: Int })),
});
export type SessionCursors = Static<typeof SessionCursors>;

export const sessionServerEvents = {
  'session/created': SessionData,
  'session/deleted': SessionId,
  'session/profile': SessionProfileEvent,
  'session/state': SessionStateEvent,
  'session/cursors': Type.Array(SessionCursors),
};
