import type { DisconnectCode } from '../../protocol/errors/disconnects.js';
import type { Draft } from '../draft.js';
import { endConnection } from './connections.js';
import { clearHost, withdrawRequest } from './hosting.js';

/** Deletes a session: at its logout, by an admin, or when it expires (M4). */
export function deleteSession(draft: Draft, id: string, reason: DisconnectCode = 'session-deleted') {
  const session = draft.room.sessions.get(id);
  if (session === undefined) return draft.refuse('unknown-session');
  endConnection(draft, session, reason);
  if (draft.room.hostId === id) clearHost(draft, id);
  withdrawRequest(draft, id);
  draft.removeSession(session);
  draft.effect({ kind: 'close-peer', sessionId: id });
  draft.effect({ kind: 'persist' });
  draft.broadcast({ event: 'session/deleted', payload: { id } });
}
