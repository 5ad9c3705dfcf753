import { expect, test } from 'vitest';
import { placeOf } from '../../../server/room/client-place.js';
import { type SavedSession, savedSessions } from '../../../server/room/room-state.js';
import { loginOf } from '../../support/sessions.js';
import { ADMIN, ScriptedRoom, USER } from './scripted-room.js';

const IDLE_MS = 60_000;
const LIFETIME_MS = 1_000_000;
const rules = { idleMs: IDLE_MS, lifetimeMs: LIFETIME_MS };
const room = (saved: SavedSession[] = []) => new ScriptedRoom({}, { rules, saved });
const ids = (script: ScriptedRoom) => [...script.room.sessions.keys()];
const use = (address: string) => ({ kind: 'use', id: 'bob', place: placeOf(address) }) as const;

test('T1 a session that nobody uses ends with the idle time, not before', () => {
  const script = room().login('bob', USER);
  expect(ids(script.after(IDLE_MS - 1))).toEqual(['bob']);
  expect(script.after(1).heard).toEqual(['close-peer bob', 'persist']);
  expect([ids(script), script.room.idsByToken.size]).toEqual([[], 0]);
});

test('T1 the idle time begins when the connection ends', () => {
  const script = room().login('bob', USER).do({ kind: 'connect', id: 'bob', socket: 1 });
  expect(ids(script.after(5 * IDLE_MS))).toEqual(['bob']);
  script.do({ kind: 'socket-closed', id: 'bob', socket: 1, end: 'closed' });
  expect(script.told).toContain(`wake +${IDLE_MS}`);
  expect(ids(script.after(IDLE_MS - 1))).toEqual(['bob']);
  expect(ids(script.after(1))).toEqual([]);
});

test('T2 a lifetime ends a connected host too, who is told', () => {
  const script = room().login('bob', USER).login('ann', ADMIN);
  for (const [index, id] of ['bob', 'ann'].entries()) script.do({ kind: 'connect', id, socket: index + 1 });
  script.ask('bob');
  expect(ids(script.after(LIFETIME_MS - 1))).toEqual(['bob', 'ann']);
  expect(script.after(1).told).toContain('disconnect 1 session expired');
  expect([ids(script), script.room.hostId]).toEqual([[], null]);
  expect(script.heard).toContain('release-input');
});

test.each([
  ['idle time', { idleMs: 0, lifetimeMs: LIFETIME_MS }, LIFETIME_MS],
  ['lifetime', { idleMs: IDLE_MS, lifetimeMs: 0 }, IDLE_MS],
])('T1, T2 without %s the other one counts', (_name, only, endMs) => {
  const script = new ScriptedRoom({}, { rules: only }).login('bob', USER);
  expect(ids(script.after(endMs - 1))).toEqual(['bob']);
  expect(ids(script.after(1))).toEqual([]);
});

test('T1, T2 without both a session lives for ever and the room never wakes', () => {
  const script = new ScriptedRoom().login('bob', USER);
  expect(script.heard).toEqual(['persist']);
  expect(ids(script.after(1_000 * LIFETIME_MS))).toEqual(['bob']);
});

test('T3, T4 a use prolongs a session, and the room wakes at the new end', () => {
  const script = room().login('bob', USER);
  script.after(IDLE_MS - 1).do(use('192.0.2.1'));
  expect(script.effects).toEqual([]);
  expect(script.after(1).told).toEqual([`wake +${IDLE_MS - 1}`]);
  expect(ids(script.after(IDLE_MS - 2))).toEqual(['bob']);
  expect(ids(script.after(1))).toEqual([]);
});

test('T3 uses within a second are one, unless they come from elsewhere', () => {
  const script = room().login('bob', USER);
  const { sessions } = script.room;
  script.nowMs += 999;
  expect(script.do(use('192.0.2.1')).room.sessions).toBe(sessions);
  expect(script.do(use('192.0.2.7')).room.sessions.get('bob')?.place.address).toBe('192.0.2.7');
  script.nowMs += 1_000;
  expect(script.do(use('192.0.2.7')).room.sessions.get('bob')?.usedMs).toBe(script.nowMs);
  expect(script.do({ ...use('192.0.2.7'), id: 'nobody' }).refused).toBe('unknown-session');
});

test('T4 of many sessions the first to end wakes the room, once', () => {
  const script = room().login('bob', USER);
  expect(script.told).toContain(`wake +${IDLE_MS}`);
  script.nowMs += 10;
  expect(script.login('cat', USER).heard).toEqual(['persist']);
  expect(script.after(IDLE_MS - 10).told.at(-1)).toBe('wake +10');
  expect(ids(script)).toEqual(['cat']);
});

test('T5 times go on over a restart, a connected session starts anew', () => {
  const before = room().login('bob', USER).login('cat', USER).do({ kind: 'connect', id: 'cat', socket: 1 });
  before.nowMs += IDLE_MS / 2;
  const after = room(savedSessions(before.room));
  after.nowMs = before.nowMs;
  expect(ids(after.after(IDLE_MS / 2))).toEqual([]);
  expect(savedSessions(before.room).map(({ id, usedMs }) => [id, usedMs])).toEqual([
    ['bob', 1_000_000],
    ['cat', null],
  ]);
});

test('T5 times that are yet to come count as now', () => {
  const saved = { ...loginOf('bob', USER), createdMs: 9e12, usedMs: 9e12 };
  const script = room([saved]);
  expect(ids(script.after(IDLE_MS))).toEqual([]);
});
