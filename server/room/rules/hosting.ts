import { type Actor, actorId } from '../command.js';
import type { Draft } from '../draft.js';
import { socketOf } from '../room-state.js';
import { controlHost } from '../wire-view.js';
import { isHost, profileOf } from './permissions.js';

/** How long one request for control stays open when the host does nothing about it. */
export const REQUEST_OPEN_MS = 10_000;

/** Puts `hostId` in control and notifies everybody; `by` is the one who caused it. Keys that the last host held are let go (C10). */
export function setHost(draft: Draft, hostId: string | null, by: string) {
  const before = draft.room.hostId;
  draft.update({ hostId, openRequests: new Map() });
  if (before !== null && before !== hostId) draft.effect({ kind: 'release-input' });
  draft.broadcast({ event: 'control/host', payload: controlHost(draft.room, by) });
}

/** Ends control, if there is any. */
export function clearHost(draft: Draft, by: string) {
  if (draft.room.hostId !== null) setHost(draft, null, by);
}

/** Asking for control (C1-C6). */
export function requestControl(draft: Draft, actor: Actor, implicit: boolean) {
  if (!draft.may(actor, 'ask-for-control')) return;
  const { settings, hostId } = draft.room;
  if (implicit && isHost(draft.room, actor)) return draft.refuse('already-host');
  const locked = settings.locked_controls && !profileOf(draft.room, actor)?.is_admin;
  if (hostId !== null && !(implicit && (settings.implicit_hosting || locked))) return askHost(draft, actor, hostId);
  if (locked) return draft.refuse('controls-locked');
  becomeHost(draft, actor);
}

/** Admins take control from anybody (C7). */
export function takeControl(draft: Draft, actor: Actor) {
  if (!draft.may(actor, 'take-control')) return;
  becomeHost(draft, actor);
}

/** Control passes to `to`, who need not be connected (C8). */
export function giveControl(draft: Draft, actor: Actor, to: string) {
  if (!draft.may(actor, 'give-control')) return;
  const target = draft.room.sessions.get(to);
  if (target === undefined) return draft.refuse('unknown-session');
  if (!target.profile.can_host) return draft.refuse('target-cannot-host');
  setHost(draft, to, actorId(actor));
}

/** Releasing control takes the same right as asking for it (C1, C9). */
export function releaseControl(draft: Draft, actor: Actor) {
  if (!draft.may(actor, 'release-control')) return;
  if (!isHost(draft.room, actor)) return draft.refuse('not-host');
  clearHost(draft, actorId(actor));
}

export function resetControl(draft: Draft, actor: Actor) {
  if (draft.may(actor, 'reset-control')) clearHost(draft, actorId(actor));
}

/** The holder of the API token has no seat: taking control only ends that of the present host, and everybody is notified of that. */
function becomeHost(draft: Draft, actor: Actor) {
  if (actor.kind === 'api') return clearHost(draft, actorId(actor));
  if (!draft.room.sessions.has(actor.id)) return draft.refuse('unknown-session');
  setHost(draft, actor.id, actor.id);
}

/** Passes a request for control to the host, once while it is open. */
function askHost(draft: Draft, actor: Actor, hostId: string) {
  draft.refuse('host-was-asked');
  const id = actorId(actor);
  const askAgainMs = draft.room.openRequests.get(id);
  if (askAgainMs !== undefined && draft.nowMs < askAgainMs) return;
  const socket = socketOf(draft.room.sessions.get(hostId));
  if (socket === null) return;
  draft.update({ openRequests: new Map(draft.room.openRequests).set(id, draft.nowMs + REQUEST_OPEN_MS) });
  draft.effect({ kind: 'send', sockets: [socket], message: { event: 'control/request', payload: { id } } });
}

/** Forgets the requests of a session that left. */
export function withdrawRequest(draft: Draft, id: string) {
  if (!draft.room.openRequests.has(id)) return;
  const openRequests = new Map(draft.room.openRequests);
  openRequests.delete(id);
  draft.update({ openRequests });
}
