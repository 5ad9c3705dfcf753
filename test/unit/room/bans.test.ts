import { expect, test } from 'vitest';
import { placeOf } from '../../../server/room/client-place.js';
import { loginOf } from '../../support/sessions.js';
import { ADMIN, ScriptedRoom, USER } from './scripted-room.js';

const AT = '2001:db8:1:2::1';
const NEIGHBOUR = '2001:db8:1:2::99';
const people = () => ScriptedRoom.with({ ann: ADMIN, bob: USER, cat: USER });
const ban = (id: string, member: string | null, address: string | null = null) =>
  ({ kind: 'ban', ban: { id, member, place: address === null ? null : placeOf(address), by: 'ann' } }) as const;
const login = (id: string, address: string, profile = USER) =>
  ({ kind: 'login', session: loginOf(id, profile, `token of ${id}`, address) }) as const;

test('X1, X3, X4 a banned member is out at once, host or not, and is told', () => {
  const room = people().ask('bob').do(ban('1', 'bob'));
  expect(room.heard[0]).toBe('persist-bans');
  expect(room.told).toContain('disconnect 2 you are banned');
  expect(room.heard).toContain('close-peer bob');
  expect([room.room.hostId, [...room.room.sessions.keys()]]).toEqual([null, ['ann', 'cat']]);
  expect(room.login('bob', USER).refused).toBe('banned');
  expect(room.login('bob', ADMIN).refused).toBe('banned');
});

test('X1 a session that a ban meets later is turned away at its socket', () => {
  const saved = [{ ...loginOf('bob', USER), createdMs: 0, usedMs: null }];
  const room = new ScriptedRoom({}, { saved });
  room.room = { ...room.room, bans: new Map([['1', { ...ban('1', 'bob').ban, bannedMs: 0 }]]) };
  expect(room.do({ kind: 'connect', id: 'bob', socket: 1 }).told).toEqual(['disconnect 1 you are banned']);
  expect(room.refused).toBe('banned');
});

test('X2, X3 a banned address ends and refuses the users of its network, not its admins, nor others', () => {
  const room = people()
    .do(login('dan', AT))
    .do(login('eve', NEIGHBOUR, ADMIN))
    .do(ban('1', null, AT));
  expect([...room.room.sessions.keys()]).toEqual(['ann', 'bob', 'cat', 'eve']);
  expect(room.do(login('fay', NEIGHBOUR)).refused).toBe('banned');
  expect(room.do(login('gus', NEIGHBOUR, ADMIN)).refused).toBeNull();
  expect(room.do(login('hal', '2001:db8:1:3::1')).refused).toBeNull();
});

test('X4 a ban that is lifted is over, one that is not there cannot be', () => {
  const room = people().do(ban('1', 'bob'));
  expect(room.do({ kind: 'lift-ban', id: '1' }).heard).toEqual(['persist-bans']);
  expect(room.login('bob', USER).refused).toBeNull();
  expect(room.do({ kind: 'lift-ban', id: '1' }).refused).toBe('unknown-ban');
});

test('X4 bans are bounded', () => {
  const room = new ScriptedRoom({}, { rules: { bans: 2 } });
  expect(['1', '2', '3'].map((id) => room.do(ban(id, `m${id}`)).refused)).toEqual([null, null, 'too-many-bans']);
});
