import { expect, test } from 'vitest';
import type { MemberProfile } from '../../../server/protocol/events/profile.js';
import { ADMIN, ScriptedRoom, session, USER } from './scripted-room.js';

const people = (settings = {}) => ScriptedRoom.with({ ann: ADMIN, bob: USER }, settings);
const change = (patch: Partial<MemberProfile>) => ({ kind: 'set-profile', id: 'bob', profile: { ...USER, ...patch } }) as const;

test('M1 locked logins', () => {
  expect(people({ locked_logins: true }).login('cat', USER).refused).toBe('logins-locked');
  expect(people({ locked_logins: true }).login('eve', ADMIN).refused).toBeNull();
});

test('M2 a connected session is not replaced, not even in its grace time', () => {
  const room = people();
  expect(room.login('bob', USER).refused).toBe('already-connected');
  expect(room.do({ kind: 'socket-closed', id: 'bob', socket: 2, end: 'lost' }).login('bob', USER).refused).toBe(
    'already-connected',
  );
  expect(room.after(5_000).login('bob', USER).refused).toBeNull();
});

test('M3, M9 a login replaces an unconnected session', () => {
  const room = people().login('cat', USER, 'one').login('cat', USER, 'two');
  expect(room.heard).toEqual(['close-peer cat', 'persist', '1,2 session/deleted', 'persist', '1,2 session/created']);
  expect(room.room.sessions.get('cat')?.token).toBe('two');
});

test('M4, M9 deleting a connected host', () => {
  const room = people().ask('bob').do({ kind: 'delete-session', id: 'bob' });
  expect(room.told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'release-input',
    '1 control/host',
    '1 session/state',
    'disconnect 2',
    'close-peer bob',
    'persist',
    '1 session/deleted',
  ]);
  expect([room.room.hostId, room.room.sessions.has('bob')]).toEqual([null, false]);
  expect(room.do({ kind: 'delete-session', id: 'bob' }).refused).toBe('unknown-session');
});

test('M4 deleting an unconnected host ends control too', () => {
  const room = people()
    .login('cat', USER)
    .do({ kind: 'give-control', actor: { kind: 'session', id: 'ann' }, to: 'cat' });
  expect(room.do({ kind: 'delete-session', id: 'cat' }).heard).toContain('1,2 control/host');
});

test('M5 disconnecting keeps the session, connected or not', () => {
  const room = people().do({ kind: 'disconnect-session', id: 'bob' });
  expect(room.room.sessions.has('bob')).toBe(true);
  expect(room.do({ kind: 'disconnect-session', id: 'bob' }).told).toEqual(['close-peer bob']);
  expect(room.do({ kind: 'disconnect-session', id: 'nobody' }).refused).toBe('unknown-session');
});

test('M6, M9 a host who can no longer host: profile first, then control', () => {
  const room = people()
    .ask('bob')
    .do(change({ can_host: false }));
  expect(room.heard).toEqual(['persist', '1,2 session/profile', 'release-input', '1,2 control/host', 'resume bob']);
  expect(room.told[3]).toContain('{"id":"bob","has_host":false}');
});

test('M6 becoming admin in private mode resumes the peer', () => {
  expect(people({ private_mode: true }).do(change({ is_admin: true })).heard).toContain('resume bob');
});

test('M7 who may no longer watch is shown nothing at once, and loses the peer a second later', () => {
  const room = people()
    .do({ kind: 'watching', id: 'bob', watching: true })
    .do(change({ can_watch: false }));
  expect(room.told).toEqual(expect.arrayContaining(['pause bob', 'wake +1000']));
  expect(room.after(999).effects).toEqual([]);
  expect(room.after(1).told).toEqual(['close-peer bob']);
  expect(room.after(1_000).effects).toEqual([]);
});

test.each(['can_watch', 'can_login', 'can_connect'])('M7 without %s nothing is shown, whatever else changes', (flag) => {
  const room = people().do(change({ [flag]: false }));
  expect(room.told).toContain('pause bob');
  const settings = (private_mode: boolean) => ({ kind: 'set-settings', actor: session('ann'), patch: { private_mode } }) as const;
  expect(room.do(settings(true)).do(settings(false)).told).toContain('pause bob');
});

test('M7 allowed again within the second: the picture comes back and nothing is closed', () => {
  const room = people()
    .do(change({ can_watch: false }))
    .after(500)
    .do(change({}));
  expect(room.told).toContain('resume bob');
  expect(room.after(5_000).effects).toEqual([]);
});

test.each(['can_connect', 'can_login'])('M8 without %s the connection ends', (flag) => {
  const room = people().do(change({ [flag]: false }));
  expect(room.told.slice(-2).map((line) => line.split(' {')[0])).toEqual(['1 session/state', 'disconnect 2 profile changed']);
  expect(room.effects.filter((effect) => effect.kind === 'send' && effect.message.event === 'session/profile')).toHaveLength(1);
});
