import { expect, test } from 'vitest';
import { AgingMap } from '../../../server/lib/bounds/aging-map.js';
import { TokenBucket } from '../../../server/lib/bounds/token-bucket.js';
import { clientEvents } from '../../../server/protocol/events/events.js';
import { EVENT_LIMITS, SOCKET_LIMITS } from '../../../server/signaling/limits.js';
import { type EventKind, kindOf, SessionRates } from '../../../server/signaling/session-rates.js';
import { Liveness } from '../../../server/signaling/websocket/liveness.js';

const KINDS = Object.entries(EVENT_LIMITS).map(([kind, { value, burst }]) => ({ kind: kind as EventKind, value, burst }));
const MANY = 8_000_000;

function taken(rates: SessionRates, kind: EventKind, nowMs: number, cost = 1): number {
  let count = 0;
  while (count < MANY && rates.take('a', kind, nowMs, cost)) count += 1;
  return count * cost;
}

test.each(KINDS)('$kind: $burst at once and $value a second, whatever else the session does', ({ kind, value, burst }) => {
  const rates = new SessionRates(() => null);
  const cost = kind === 'sendBytes' ? 1_024 : 1;
  expect(taken(rates, kind, 0, cost)).toBe(burst);
  expect(taken(rates, kind, 1_000, cost)).toBe(value);
  expect(rates.take('b', kind, 1_000)).toBe(true);
  const other = kind === 'input' ? 'signal' : 'input';
  expect(rates.take('a', other, 1_000)).toBe(true);
});

const NETWORKED = KINDS.filter(({ kind }) => kind !== 'sendBytes');
const { sharedEvents, ownEvents } = SOCKET_LIMITS;

test.each(NETWORKED)(
  '$kind: a hundred sessions of one network share what four may do, and each has a part of its own',
  ({ kind, value, burst }) => {
    const networks: Record<string, string> = { elsewhere: '192.0.2.2' };
    const rates = new SessionRates((id) => (id === 'host' ? null : (networks[id] ?? '192.0.2.1')));
    const all = (nowMs: number) => {
      let count = 0;
      for (let session = 0; session < 100; session += 1) while (rates.take(`s${session}`, kind, nowMs)) count += 1;
      return count;
    };
    const own = Math.max(1, Math.floor(burst / ownEvents.value));
    expect(all(0)).toBe(sharedEvents.value * burst + 100 * own);
    expect(rates.untilNextMs('s0', kind, 0)).toBeGreaterThan(0);
    expect(all(1_000)).toBeLessThanOrEqual(sharedEvents.value * value + 100 * Math.max(1, value / ownEvents.value));
    const late = Array.from({ length: own + 1 }, () => rates.take('late', kind, 1_000));
    expect(late).toEqual([...Array.from({ length: own }, () => true), false]);
    for (const id of ['elsewhere', 'host']) {
      let count = 0;
      while (rates.take(id, kind, 1_000)) count += 1;
      expect([id, count]).toEqual([id, burst]);
    }
  },
);

test('what sessions of one network send is read no faster than what four may send, but for the part of each', () => {
  const rates = new SessionRates(() => '192.0.2.1');
  const { value, burst } = SOCKET_LIMITS.traffic;
  for (let session = 0; session < sharedEvents.value; session += 1) expect(rates.received(`s${session}`, burst, 0)).toBe(0);
  expect(rates.received('late', burst / ownEvents.value, 0)).toBe(0);
  expect(rates.received('late', value, 0)).toBe(1_000 / sharedEvents.value);
});

test('every event of a client is counted as what it costs', () => {
  const kinds = new Map(Object.keys(clientEvents).map((event) => [event, kindOf(event)]));
  expect([...kinds].filter(([, kind]) => kind === 'other').map(([event]) => event)).toEqual([
    'system/logs',
    'client/heartbeat',
    'filetransfer/update',
  ]);
  expect(['clipboard/set', 'control/paste', 'control/move', 'keyboard/map', 'x'].map(kindOf)).toEqual([
    'clipboard',
    'clipboard',
    'input',
    'desktop',
    'other',
  ]);
});

test('whoever sent more than its traffic is not read until it is paid for', () => {
  const rates = new SessionRates(() => null);
  const { value, burst } = SOCKET_LIMITS.traffic;
  expect(rates.received('a', burst, 0)).toBe(0);
  expect(rates.received('a', value / 2, 0)).toBe(500);
  expect(rates.received('a', 1, 500)).toBeLessThan(1);
  expect(rates.received('b', burst, 500)).toBe(0);
});

test('sockets: 15 of a session at once, then one a second; 200 of an address, then 20 a second', () => {
  const rates = new SessionRates(() => null);
  const connects = (nowMs: number) => Array.from({ length: 20 }, () => rates.mayConnect('a', nowMs)).filter(Boolean).length;
  expect([connects(0), connects(999), connects(2_000)]).toEqual([15, 0, 2]);
  const tries = (nowMs: number) => Array.from({ length: 300 }, () => rates.mayTry('192.0.2.1', nowMs)).filter(Boolean).length;
  expect([tries(0), tries(1_000)]).toEqual([200, 20]);
});

test('what was dropped is told once in ten seconds, and how much there was', () => {
  const rates = new SessionRates(() => null);
  expect([0, 1, 9_999, 10_000].map((nowMs) => rates.unloggedDrops('a', nowMs))).toEqual([0, null, null, 2]);
});

test('a bucket earns no more than its burst, and nothing when time stands still or goes back', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
  expect([0, 0, 0, -5, 99, 100, 5_000, 5_000, 5_000].map((nowMs) => bucket.take(nowMs))).toEqual([
    true,
    true,
    false,
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('what is remembered of each key is bounded and ages', () => {
  const map = new AgingMap(
    (nowMs) => ({ untilMs: nowMs + 1_000 }),
    ({ untilMs }, nowMs) => nowMs >= untilMs,
  );
  for (let key = 0; key < 30_000; key += 1) map.of(`key ${key}`, 0);
  expect(map.size).toBe(10_000);
  for (let key = 0; key < 6_000; key += 1) map.of(`new ${key}`, 2_000);
  expect(map.size).toBeLessThan(7_000);
  const kept = map.of('kept', 2_000);
  expect(map.of('kept', 2_500)).toBe(kept);
});

test('a socket that answers no ping counts as gone after 25 s, unless it takes what it was sent', () => {
  const liveness = new Liveness(0);
  expect(liveness.goneAtMs).toBe(25_000);
  liveness.answered(10_000);
  liveness.unread(0, 20_000);
  liveness.unread(5_000, 21_000);
  liveness.unread(5_000, 22_000);
  expect(liveness.goneAtMs).toBe(35_000);
  liveness.unread(4_999, 30_000);
  expect(liveness.goneAtMs).toBe(55_000);
});

test('who looks late has stood still himself, and asks again; who looks in time knows', () => {
  const liveness = new Liveness(0);
  expect([liveness.look(24_999), liveness.look(25_999)]).toEqual(['here', 'gone']);
  expect(liveness.look(26_000)).toBe('unknown');
  expect(liveness.look(50_999)).toBe('here');
  expect(liveness.look(51_000)).toBe('gone');
});
