import { expect, test } from 'vitest';
import type { SocketClosure } from '../../../server/room/command.js';
import { connectedAdmins, connectedUsers, type SavedSession } from '../../../server/room/room-state.js';
import { sessionData } from '../../../server/room/wire-view.js';
import { loginOf } from '../../support/sessions.js';
import { ADMIN, ScriptedRoom, session, USER } from './scripted-room.js';

const people = (settings = {}) => ScriptedRoom.with({ ann: ADMIN, bob: USER }, settings);
const stateOf = (room: ScriptedRoom, id: string) => {
  const found = room.room.sessions.get(id);
  return found === undefined ? undefined : sessionData(found).state;
};
const cut = (id: string, socket: number) => ({ kind: 'socket-closed', id, socket, end: 'lost' }) as const;
const closed = (id: string, socket: number) => ({ kind: 'socket-closed', id, socket, end: 'closed' }) as const;

test.each([
  ['S1 no such session', USER, 'nobody', 'session not found'],
  ['S1 login disabled', { ...USER, can_login: false, can_connect: false }, 'bob', 'session login disabled'],
  ['S1 connection disabled', { ...USER, can_connect: false }, 'bob', 'connection disabled'],
])('%s', (_rule, profile, id, reason) => {
  const room = new ScriptedRoom().login('bob', profile).do({ kind: 'connect', id, socket: 9 });
  expect(room.told).toEqual([`disconnect 9 ${reason}`]);
  expect(room.refused).not.toBeNull();
});

test('S2 greeting, then the state to everybody, the newcomer included', () => {
  const room = new ScriptedRoom().login('ann', ADMIN).login('bob', USER).do({ kind: 'connect', id: 'ann', socket: 1 });
  expect(room.heard).toEqual(['greet 1', '1 session/state']);
  expect(room.do({ kind: 'connect', id: 'bob', socket: 2 }).heard).toEqual(['greet 2', '1,2 session/state']);
});

test('S2, R6 an admin unlocks: the settings come between greeting and state', () => {
  const room = new ScriptedRoom({ control_protection: true }).login('ann', ADMIN).do({ kind: 'connect', id: 'ann', socket: 1 });
  expect(room.heard).toEqual(['greet 1', '1 system/settings', '1 session/state']);
  expect(room.room.settings.locked_controls).toBe(false);
});

test('S3 the greeting shows the newcomer connected, and the room before it changed', () => {
  const room = new ScriptedRoom({ control_protection: true }).login('ann', ADMIN).do({ kind: 'connect', id: 'ann', socket: 1 });
  const greeting = room.effects.find((effect) => effect.kind === 'greet');
  expect(greeting?.isAdmin).toBe(true);
  expect(greeting?.init.settings.locked_controls).toBe(true);
  expect(greeting?.init.control_host).toEqual({ id: '', has_host: false });
  expect(greeting?.init.sessions.ann?.state).toEqual({
    is_connected: true,
    connected_since: new Date(room.nowMs).toISOString(),
    is_watching: false,
  });
});

test('S4 a second socket replaces the first, which is told last; host and time stay', () => {
  const room = people().ask('bob');
  const before = stateOf(room, 'bob');
  room.after(1_000).do({ kind: 'connect', id: 'bob', socket: 3 });
  expect(room.heard).toEqual(['greet 3', '1,3 session/state', 'disconnect 2 connection replaced']);
  expect([room.room.hostId, stateOf(room, 'bob')]).toEqual(['bob', before]);
});

test('S4 without merciful reconnect the second socket is turned away, in the grace time too', () => {
  const room = people({ merciful_reconnect: false });
  expect(room.do({ kind: 'connect', id: 'bob', socket: 3 }).told).toEqual(['disconnect 3 already connected']);
  expect(room.do(cut('bob', 2)).do({ kind: 'connect', id: 'bob', socket: 4 }).told).toEqual(['disconnect 4 already connected']);
});

test('S5, S9 closed on purpose: control, then state, at once', () => {
  const room = people().ask('bob').do(closed('bob', 2));
  expect(room.heard).toEqual(['release-input', '1 control/host', '1 session/state']);
  expect(stateOf(room, 'bob')).toEqual({
    is_connected: false,
    not_connected_since: new Date(room.nowMs).toISOString(),
    is_watching: false,
  });
});

test('S5 with the page that had the socket its viewer ends, and with nothing else', () => {
  const ends = (end: SocketClosure) =>
    people()
      .do({ kind: 'socket-closed', id: 'bob', socket: 2, end })
      .effects.filter(({ kind }) => kind === 'close-peer');
  expect(ends('page-left')).toEqual([{ kind: 'close-peer', sessionId: 'bob' }]);
  expect([ends('closed'), ends('lost')]).toEqual([[], []]);
});

test('S6 a cut line has 5 s', () => {
  const room = people().ask('bob').do(cut('bob', 2));
  expect(room.told).toEqual(['wake +5000']);
  expect(room.after(4_999).effects).toEqual([]);
  expect([room.room.hostId, stateOf(room, 'bob')?.is_connected]).toEqual(['bob', true]);
  expect(room.after(1).heard).toEqual(['release-input', '1 control/host', '1 session/state']);
});

test('S6 who is back in time was never away, and the old deadline means nothing', () => {
  const room = people().ask('bob').do(cut('bob', 2)).after(3_000).do({ kind: 'connect', id: 'bob', socket: 3 });
  expect(room.heard).toEqual(['greet 3', '1,3 session/state']);
  expect(room.after(10_000).effects).toEqual([]);
  expect(room.room.hostId).toBe('bob');
});

test('S7 the end of a replaced socket means nothing, and so does the end of one twice', () => {
  const room = people().do({ kind: 'connect', id: 'bob', socket: 3 });
  expect(room.do(closed('bob', 2)).effects).toEqual([]);
  room.do(closed('bob', 3));
  expect(room.do(cut('bob', 3)).effects).toEqual([]);
});

test('S8 ended by us: the others learn it before the socket does', () => {
  const room = people().do({ kind: 'disconnect-session', id: 'bob' });
  expect(room.told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    '1 session/state',
    'disconnect 2',
    'close-peer bob',
  ]);
});

test('S9, R7 the last admin leaves: lock, then state; a user keeps control', () => {
  const room = people({ control_protection: true }).ask('bob').do(closed('ann', 1));
  expect(room.heard).toEqual(['2 system/settings', '2 session/state']);
  expect([room.room.settings.locked_controls, room.room.hostId]).toEqual([true, 'bob']);
});

test('R7 another admin leaving changes nothing, a lock set on purpose included', () => {
  const room = ScriptedRoom.with({ ann: ADMIN, eve: ADMIN }, { control_protection: true });
  expect(room.do(closed('eve', 2)).heard).toEqual(['1 session/state']);
  room.do({ kind: 'connect', id: 'eve', socket: 3 });
  room.do({ kind: 'set-settings', actor: session('ann'), patch: { locked_controls: true } });
  room.do(closed('eve', 3));
  expect(room.room.settings.locked_controls).toBe(true);
});

test('S10 watching is told once per change and survives the connection', () => {
  const room = people().do({ kind: 'watching', id: 'bob', watching: true });
  const watching_since = new Date(room.nowMs).toISOString();
  expect(room.told).toEqual([`1,2 session/state ${JSON.stringify({ id: 'bob', ...stateOf(room, 'bob') })}`]);
  expect(room.do({ kind: 'watching', id: 'bob', watching: true }).effects).toEqual([]);
  expect(stateOf(room.do(closed('bob', 2)), 'bob')).toMatchObject({ is_connected: false, is_watching: true, watching_since });
  const stopped = stateOf(room.do({ kind: 'watching', id: 'bob', watching: false }), 'bob');
  expect(Object.keys(stopped ?? {})).toEqual(['is_connected', 'not_connected_since', 'is_watching', 'not_watching_since']);
});

test('S11 counts are of the connected, leaving times of the last', () => {
  const room = people().login('cat', USER);
  expect([connectedAdmins(room.room), connectedUsers(room.room), room.room.lastUserLeftMs]).toEqual([1, 1, null]);
  room.do({ kind: 'connect', id: 'bob', socket: 3 }).do(closed('bob', 3));
  expect([connectedUsers(room.room), room.room.lastUserLeftMs, room.room.lastAdminLeftMs]).toEqual([0, room.nowMs, null]);
});

test('M9 saved sessions come back unconnected, with their tokens', () => {
  const saved: SavedSession[] = [{ ...loginOf('old', USER), createdMs: 5, usedMs: 5 }];
  const room = new ScriptedRoom({}, { saved });
  expect(stateOf(room, 'old')).toEqual({ is_connected: false, is_watching: false });
  expect(room.do({ kind: 'connect', id: 'old', socket: 1 }).refused).toBeNull();
});
