import { expect, test } from 'vitest';
import type { MemberProfile } from '../../../server/protocol/events/profile.js';
import { loginOf } from '../../support/sessions.js';
import { ADMIN, ScriptedRoom, USER } from './scripted-room.js';

const rules = { inAll: 6, keptForAdmins: 2, ofNetwork: 3 };
let socket = 0;

class Crowd extends ScriptedRoom {
  constructor() {
    super({}, { rules });
  }

  /** Logs in `<network><number>` and waits a little; answers with why not. */
  enter(id: string, profile: MemberProfile = USER, connected = false): string | null {
    const address = `192.0.2.${id.charCodeAt(0)}`;
    this.do({ kind: 'login', session: loginOf(id, profile, `token ${id}`, address) });
    const { refused } = this;
    if (connected && refused === null) this.do({ kind: 'connect', id, socket: ++socket });
    this.nowMs += 1_000;
    return refused;
  }

  get ids(): string {
    return [...this.room.sessions.keys()].sort().join(' ');
  }
}

test('K1 at the bound of its network a login takes the place of the oldest that never connected', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'a3']) expect(crowd.enter(id)).toBeNull();
  expect([crowd.ids, crowd.enter('a4'), crowd.ids]).toEqual(['a1 a2 a3', null, 'a2 a3 a4']);
});

test('K1, K4 connected ones do not give way: the fourth is refused, other networks come in', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'a3']) crowd.enter(id, USER, true);
  expect([crowd.enter('a4'), crowd.enter('b1')]).toEqual(['too-many-sessions', null]);
  expect(crowd.ids).toBe('a1 a2 a3 b1');
});

test('K1, K3 admins of a network are counted apart from its users', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'a3']) crowd.enter(id, USER, true);
  for (const id of ['a4', 'a5', 'a6']) expect(crowd.enter(id, ADMIN, true)).toBeNull();
  expect(crowd.enter('a7', ADMIN)).toBe('too-many-sessions');
});

test('K2 full: whoever has most sessions makes room, not the newcomer before', () => {
  const crowd = new Crowd();
  for (const id of ['b1', 'a1', 'a2', 'a3']) crowd.enter(id);
  expect([crowd.enter('c1'), crowd.ids]).toEqual([null, 'a2 a3 b1 c1']);
});

test('K2 full of connected users: refused', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'b1', 'b2']) crowd.enter(id, USER, true);
  expect(crowd.enter('c1')).toBe('too-many-sessions');
});

test('K3 guests who fill the room keep no admin out', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'b1', 'b2']) crowd.enter(id, USER, true);
  for (const id of ['c1', 'd1']) expect(crowd.enter(id, ADMIN, true)).toBeNull();
  expect(crowd.enter('e1', ADMIN)).toBe('too-many-sessions');
});

test('K3 for an admin users give way before admins', () => {
  const crowd = new Crowd();
  for (const id of ['c1', 'd1', 'e1']) crowd.enter(id, ADMIN);
  for (const id of ['a1', 'b1', 'b2']) crowd.enter(id);
  expect([crowd.enter('f1', ADMIN), crowd.ids]).toEqual([null, 'b1 b2 c1 d1 e1 f1']);
});

test('K4 the longest unused gives way, and who was connected once comes after who never was', () => {
  const crowd = new Crowd();
  crowd.enter('a1', USER, true);
  crowd.do({ kind: 'socket-closed', id: 'a1', socket, end: 'closed' });
  for (const id of ['a2', 'a3']) crowd.enter(id);
  crowd.do({ kind: 'use', id: 'a2', place: { address: '192.0.2.97', network: '192.0.2.97' } });
  expect([crowd.enter('a4'), crowd.ids]).toEqual([null, 'a1 a2 a4']);
});

test('K1 a login that replaces its own session needs no room', () => {
  const crowd = new Crowd();
  for (const id of ['a1', 'a2', 'a3', 'a1']) expect(crowd.enter(id)).toBeNull();
  expect(crowd.ids).toBe('a1 a2 a3');
});
