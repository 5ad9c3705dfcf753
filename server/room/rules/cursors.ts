import type { SessionCursors } from '../../protocol/events/session.js';
import type { Draft } from '../draft.js';
import type { CursorPosition } from '../room-state.js';

/** How often collected positions are published. */
export const CURSOR_TICK_MS = 750;

/** More than any client sends between two ticks; beyond it the oldest position is dropped. */
const MAX_POSITIONS = 64;

/** The setting changed: the ticker starts, or ends with an empty list (I4). */
export function switchCursors(draft: Draft) {
  if (draft.room.settings.inactive_cursors) return draft.update({ cursors: { kind: 'silent' } });
  draft.update({ cursors: { kind: 'off' } });
  publish(draft, []);
}

/** A viewer who is not in control moved the pointer (I1). */
export function recordCursor(draft: Draft, id: string, position: CursorPosition) {
  const { cursors, sessions, hostId } = draft.room;
  if (cursors.kind === 'off' || hostId === id || !sessions.get(id)?.profile.sends_inactive_cursor) return;
  const tickAtMs = cursors.kind === 'collecting' ? cursors.tickAtMs : draft.nowMs + CURSOR_TICK_MS;
  const positions = new Map(cursors.kind === 'collecting' ? cursors.positions : []);
  positions.set(id, [...(positions.get(id) ?? []), position].slice(-MAX_POSITIONS));
  draft.update({ cursors: { kind: 'collecting', tickAtMs, positions } });
  if (cursors.kind === 'silent') draft.effect({ kind: 'wake', atMs: tickAtMs });
}

/** Publishes what was collected; a tick that collected nothing publishes one empty list, then there is silence (I2, I3). */
export function tickCursors(draft: Draft) {
  const { cursors, sessions } = draft.room;
  if (cursors.kind !== 'collecting' || draft.nowMs < cursors.tickAtMs) return;
  const known = [...cursors.positions].filter(([id]) => sessions.has(id));
  publish(
    draft,
    known.map(([id, positions]) => ({ id, cursors: [...positions] })),
  );
  if (cursors.positions.size === 0) return draft.update({ cursors: { kind: 'silent' } });
  const tickAtMs = draft.nowMs + CURSOR_TICK_MS;
  draft.update({ cursors: { kind: 'collecting', tickAtMs, positions: new Map() } });
  draft.effect({ kind: 'wake', atMs: tickAtMs });
}

function publish(draft: Draft, payload: SessionCursors[]) {
  draft.broadcast({ event: 'session/cursors', payload }, (session) => session.profile.can_see_inactive_cursors);
}
