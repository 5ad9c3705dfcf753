import { expect, test } from 'vitest';
import { type Clock, MAX_TIMER_MS } from '../../../server/lib/clock.js';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { RoomRunner } from '../../../server/room/room-runner.js';
import { startingRoom } from '../../../server/room/room-state.js';
import { DEFAULT_SETTINGS } from '../../support/default-settings.js';
import { ENDLESS, loginOf } from '../../support/sessions.js';

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

test('RU2 a timer that fires a fraction early is set again, so that no wake is lost', () => {
  const { clock, timers, fireAt } = restlessClock();
  const room = new RoomRunner(startingRoom({ settings: DEFAULT_SETTINGS, rules: ENDLESS, saved: [], nowMs: 0 }), clock);
  room.apply({ kind: 'login', session: loginOf('bob', NEW_MEMBER_PROFILE) });
  room.apply({ kind: 'connect', id: 'bob', socket: 1 });
  room.apply({ kind: 'socket-closed', id: 'bob', socket: 1, end: 'lost' });
  fireAt(4_999.99);
  expect([room.state.sessions.get('bob')?.connection.kind, timers.map(({ delayMs }) => delayMs)]).toEqual(['grace', [1]]);
  fireAt(5_001);
  expect([room.state.sessions.get('bob')?.connection.kind, timers]).toEqual(['gone', []]);
});

test('RU1 effects that effects cause come after those already waiting', () => {
  const { clock } = restlessClock();
  const order: string[] = [];
  const runner = new RoomRunner(startingRoom({ settings: DEFAULT_SETTINGS, rules: ENDLESS, saved: [], nowMs: 0 }), clock);
  for (const group of ['clients', 'peers', 'desktop', 'store'] as const) {
    runner.effects.on(group, (effect) => {
      order.push(effect.kind);
      if (effect.kind === 'close-peer') runner.apply({ kind: 'take-control', actor: { kind: 'session', id: 'ann' } });
    });
  }
  for (const [index, id] of ['ann', 'bob'].entries()) {
    runner.apply({ kind: 'login', session: loginOf(id, { ...NEW_MEMBER_PROFILE, is_admin: true }) });
    runner.apply({ kind: 'connect', id, socket: index + 1 });
  }
  order.length = 0;
  runner.apply({ kind: 'delete-session', id: 'bob' });
  expect(order).toEqual(['send', 'disconnect', 'close-peer', 'persist', 'send', 'send']);
});

test('RU2 a wake that is further off than a timer can be set is reached in steps', () => {
  const { clock, timers, fireAt } = restlessClock();
  const lifetimeMs = 30 * 86_400_000;
  const rules = { ...ENDLESS, lifetimeMs };
  const room = new RoomRunner(startingRoom({ settings: DEFAULT_SETTINGS, rules, saved: [], nowMs: 0 }), clock);
  room.apply({ kind: 'login', session: loginOf('bob', NEW_MEMBER_PROFILE) });
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([MAX_TIMER_MS]);
  fireAt(MAX_TIMER_MS);
  expect([room.state.sessions.size, timers.length]).toEqual([1, 1]);
  fireAt(lifetimeMs + 1);
  expect([room.state.sessions.size, timers.length]).toEqual([0, 0]);
});

test('RU3 two fronts tell each their own clients, with one numbering of sockets', () => {
  const { clock } = restlessClock();
  const runner = new RoomRunner(startingRoom({ settings: DEFAULT_SETTINGS, rules: ENDLESS, saved: [], nowMs: 0 }), clock);
  const front = () => {
    const own = new Set<number>();
    const sent: string[] = [];
    const release = runner.effects.on('clients', (effect) => {
      if (effect.kind !== 'send') return;
      for (const socket of effect.sockets) if (own.has(socket)) sent.push(`${socket} ${effect.message.event}`);
    });
    const join = (id: string) => {
      const socket = runner.newSocketId();
      own.add(socket);
      runner.apply({ kind: 'login', session: loginOf(id, NEW_MEMBER_PROFILE) });
      runner.apply({ kind: 'connect', id, socket });
    };
    return { join, sent, release };
  };
  const [first, second] = [front(), front()];
  first.join('ann');
  second.join('bob');
  for (const { sent } of [first, second]) sent.length = 0;
  runner.apply({ kind: 'request-control', actor: { kind: 'session', id: 'bob' }, implicit: true });
  expect([first.sent, second.sent]).toEqual([['1 control/host'], ['2 control/host']]);
  second.release();
  runner.apply({ kind: 'release-control', actor: { kind: 'session', id: 'bob' } });
  expect([first.sent, second.sent]).toEqual([['1 control/host', '1 control/host'], ['2 control/host']]);
});
