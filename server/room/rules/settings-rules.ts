import { mergeSettings, type SettingsPatch } from '../../protocol/events/settings.js';
import { type Actor, actorId } from '../command.js';
import type { Draft } from '../draft.js';
import { connectedAdmins } from '../room-state.js';
import { switchCursors } from './cursors.js';
import { clearHost } from './hosting.js';
import { isPaused, privateModeBlocks } from './permissions.js';

/** A write of the settings and its consequences, in this order (R1-R4). */
export function setSettings(draft: Draft, actor: Actor, patch: SettingsPatch) {
  if (!draft.may(actor, 'administer')) return;
  const before = draft.room.settings;
  const by = actorId(actor);
  draft.update({ settings: mergeSettings(before, patch) });
  if (draft.room.settings.private_mode !== before.private_mode) applyPrivateMode(draft, by);
  const protectionOn = draft.room.settings.control_protection && !before.control_protection;
  if (protectionOn && !draft.room.settings.locked_controls && connectedAdmins(draft.room) === 0) lockControls(draft, true);
  if (draft.room.settings.locked_controls && !before.locked_controls) endControlOfUsers(draft, by);
  if (draft.room.settings.inactive_cursors !== before.inactive_cursors) switchCursors(draft);
  broadcastSettings(draft, by);
}

/** With control protection on, an admin who connects opens the controls (R6). */
export function unlockForAdmin(draft: Draft, by: string) {
  const { control_protection, locked_controls } = draft.room.settings;
  if (!control_protection || !locked_controls) return;
  lockControls(draft, false);
  broadcastSettings(draft, by);
}

/** With control protection on, the last admin who leaves closes the controls; a user in control keeps it (R7). */
export function lockWithoutAdmins(draft: Draft, by: string) {
  const { control_protection, locked_controls } = draft.room.settings;
  if (!control_protection || locked_controls || connectedAdmins(draft.room) > 0) return;
  lockControls(draft, true);
  broadcastSettings(draft, by);
}

function applyPrivateMode(draft: Draft, by: string) {
  const { settings, sessions, hostId } = draft.room;
  for (const { id, profile } of sessions.values()) {
    draft.effect({ kind: 'pause-peer', sessionId: id, paused: isPaused(settings, profile) });
  }
  const host = hostId === null ? undefined : sessions.get(hostId);
  if (host !== undefined && privateModeBlocks(settings, host.profile)) clearHost(draft, by);
}

function endControlOfUsers(draft: Draft, by: string) {
  const { hostId, sessions } = draft.room;
  if (hostId !== null && !sessions.get(hostId)?.profile.is_admin) clearHost(draft, by);
}

function lockControls(draft: Draft, locked_controls: boolean) {
  draft.update({ settings: { ...draft.room.settings, locked_controls } });
}

function broadcastSettings(draft: Draft, by: string) {
  draft.broadcast({ event: 'system/settings', payload: { id: by, ...draft.room.settings } });
}
