import { assertNever } from '../lib/assert-never.js';
import type { Command } from './command.js';
import { Draft, type Step } from './draft.js';
import type { EpochMs, Room } from './room-state.js';
import { ban, liftBan } from './rules/bans.js';
import { connect, expireGrace, setWatching, socketClosed } from './rules/connections.js';
import { tickCursors } from './rules/cursors.js';
import { deleteSession } from './rules/delete-session.js';
import { giveControl, releaseControl, requestControl, resetControl, takeControl } from './rules/hosting.js';
import { input } from './rules/input.js';
import { noteUse } from './rules/lifetime.js';
import { closeForbiddenPeers, disconnectSession, expireSessions, login, setProfile } from './rules/membership.js';
import { setSettings } from './rules/settings-rules.js';

/** Applies a command to the room (room/SPEC.md). Pure: the caller carries out the effects, in order. */
export function step(room: Room, command: Command, nowMs: EpochMs): Step {
  const draft = new Draft(room, nowMs);
  work(draft, command);
  return draft.done();
}

function work(draft: Draft, command: Command) {
  switch (command.kind) {
    case 'login':
      return login(draft, command.session);
    case 'delete-session':
      return deleteSession(draft, command.id);
    case 'use':
      return noteUse(draft, command.id, command.place);
    case 'ban':
      return ban(draft, command.ban);
    case 'lift-ban':
      return liftBan(draft, command.id);
    case 'disconnect-session':
      return disconnectSession(draft, command.id);
    case 'connect':
      return connect(draft, command.id, command.socket);
    case 'socket-closed':
      return socketClosed(draft, command.id, command.socket, command.end);
    case 'watching':
      return setWatching(draft, command.id, command.watching);
    case 'set-profile':
      return setProfile(draft, command.id, command.profile);
    case 'set-settings':
      return setSettings(draft, command.actor, command.patch);
    case 'request-control':
      return requestControl(draft, command.actor, command.implicit);
    case 'release-control':
      return releaseControl(draft, command.actor);
    case 'take-control':
      return takeControl(draft, command.actor);
    case 'give-control':
      return giveControl(draft, command.actor, command.to);
    case 'reset-control':
      return resetControl(draft, command.actor);
    case 'input':
      return input(draft, command.id, command.actions, command.asks);
    case 'tick':
      return tick(draft);
    default:
      return assertNever(command);
  }
}

function tick(draft: Draft) {
  expireGrace(draft);
  closeForbiddenPeers(draft);
  tickCursors(draft);
  expireSessions(draft);
}
