import { expect, test } from 'vitest';
import type { Clock } from '../../../server/lib/clock.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/profile.js';
import { DEFAULT_SETTINGS } from '../../../server/protocol/settings.js';
import { openRoom } from '../../../server/room/room-state.js';
import { RoomRunner } from '../../../server/signaling/room-runner.js';

/** A clock that goes on a fraction with every look, and whose timers fire when the test says. */
function restlessClock() {
  const timers: { delayMs: number; action: () => void }[] = [];
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => {
      nowMs += 0.001;
      return nowMs;
    },
    after: (delayMs, action) => {
      timers.push({ delayMs, action });
      return () => {};
    },
  };
  const fireAt = (ms: number) => {
    nowMs = ms;
    timers.shift()?.action();
  };
  return { clock, timers, fireAt };
}

test('a timer that fires a fraction early is set again, so that no wake is lost', () => {
  const { clock, timers, fireAt } = restlessClock();
  const room = new RoomRunner(openRoom(DEFAULT_SETTINGS), clock, () => {});
  room.apply({ kind: 'login', session: { id: 'bob', token: 't', profile: NEW_MEMBER_PROFILE } });
  room.apply({ kind: 'connect', id: 'bob', socket: 1 });
  room.apply({ kind: 'socket-closed', id: 'bob', socket: 1, clean: false });
  fireAt(4_999.99);
  expect([room.state.sessions.get('bob')?.connection.kind, timers.map(({ delayMs }) => delayMs)]).toEqual(['grace', [1]]);
  fireAt(5_001);
  expect([room.state.sessions.get('bob')?.connection.kind, timers]).toEqual(['gone', []]);
});

test('effects that effects cause come after those already waiting', () => {
  const { clock } = restlessClock();
  const order: string[] = [];
  const runner = new RoomRunner(openRoom(DEFAULT_SETTINGS), clock, (effect) => {
    order.push(effect.kind);
    if (effect.kind === 'close-peer') runner.apply({ kind: 'take-control', actor: { kind: 'session', id: 'ann' } });
  });
  for (const [index, id] of ['ann', 'bob'].entries()) {
    runner.apply({ kind: 'login', session: { id, token: id, profile: { ...NEW_MEMBER_PROFILE, is_admin: true } } });
    runner.apply({ kind: 'connect', id, socket: index + 1 });
  }
  order.length = 0;
  runner.apply({ kind: 'delete-session', id: 'bob' });
  expect(order).toEqual(['send', 'disconnect', 'close-peer', 'persist', 'send', 'send']);
});
