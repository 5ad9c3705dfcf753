import { expect, test } from 'vitest';
import type { IceServer } from '../../../server/protocol/events/signal.js';
import { FRESH_UNTIL, RENEW_AT, ServerRenewal } from '../../../server/viewers/webrtc/server-renewal.js';

/** A clock that is moved by hand; nothing waits. */
function steppedClock() {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly action: () => void }>();
  return {
    nowMs: () => nowMs,
    after(delayMs: number, action: () => void) {
      const timer = { atMs: nowMs + delayMs, action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    advance(ms: number) {
      for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
        const due = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        nowMs = due?.atMs ?? untilMs;
        if (due === undefined) return;
        timers.delete(due);
        due.action();
      }
    },
  };
}

function renewal(lifetimeMs: number | undefined) {
  const clock = steppedClock();
  const told: { readonly atMs: number; readonly username: string | undefined }[] = [];
  let made = 0;
  const servers = (): IceServer[] => [{ urls: ['turn:turn.example'], username: `${++made}:session`, credential: 'c' }];
  const kept = new ServerRenewal({
    servers: () => ({ servers: servers(), lifetimeMs }),
    tell: ([server]) => told.push({ atMs: clock.nowMs(), username: server?.username }),
    clock,
  });
  return { clock, told, kept };
}

test.each([10_000, 60_000, 24 * 3_600_000])(
  'credentials that last %d ms are renewed before they end, again and again',
  (lifetimeMs) => {
    const { clock, told, kept } = renewal(lifetimeMs);
    expect(kept.current()).toMatchObject([{ username: '1:session' }]);
    clock.advance(lifetimeMs * 2.5);
    expect(told.map(({ username }) => username)).toEqual(['2:session', '3:session', '4:session']);
    expect(told.map(({ atMs }) => atMs)).toEqual([1, 2, 3].map((times) => expect.closeTo(times * lifetimeMs * RENEW_AT)));
    kept.close();
    expect(clock.pending()).toBe(0);
    clock.advance(lifetimeMs * 2);
    expect(told).toHaveLength(3);
  },
);

test('credentials that last for ever are told once, and no timer runs', () => {
  const { clock, told, kept } = renewal(undefined);
  kept.current();
  kept.refresh();
  expect(clock.pending()).toBe(0);
  expect(told).toEqual([]);
});

test('VW13 before a restart, and to a new socket, credentials are told anew unless they are fresh', () => {
  const { clock, told, kept } = renewal(10_000);
  kept.current();
  clock.advance(10_000 * FRESH_UNTIL - 1);
  kept.refresh();
  expect(told).toEqual([]);
  clock.advance(1);
  kept.refresh();
  // Once more, as the viewer that moves over to them does: they are fresh.
  kept.refresh();
  expect(told).toEqual([{ atMs: 5_000, username: '2:session' }]);
  clock.advance(10_000 * RENEW_AT);
  expect(told).toHaveLength(2);
  kept.close();
  kept.refresh();
  expect(told).toHaveLength(2);
  expect(clock.pending()).toBe(0);
});

test('a life longer than the longest timer is renewed when that ends', () => {
  const { clock, told, kept } = renewal(60 * 24 * 3_600_000);
  kept.current();
  clock.advance(2 ** 31 - 1);
  expect(told).toHaveLength(1);
  kept.close();
});
