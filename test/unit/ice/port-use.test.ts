import { expect, test } from 'vitest';
import { PortUse } from '../../../server/ice/sockets/port-use.js';

const NONE: ReadonlySet<number> = new Set();
const user = (isSilent = false) => ({ isSilent });

test('IT22 ports are taken from the start on, round the end, until every one is in use', () => {
  const use = new PortUse(100, 102);
  expect([1, 2, 3, 4].map(() => use.take(101, user(), NONE))).toEqual([101, 102, 100, undefined]);
});

test('IT22 a port that was refused is left out, of taking and of sharing', () => {
  const use = new PortUse(100, 101);
  expect(use.take(100, user(), new Set([100]))).toBe(101);
  expect(use.share(user(), new Set([101]))).toBeUndefined();
  expect(new PortUse(100, 101).share(user(), NONE), 'nobody has a port').toBeUndefined();
});

test('IT22 who shares gets the port with the fewest users', () => {
  const use = new PortUse(100, 102);
  for (let i = 0; i < 3; i++) use.take(100, user(), NONE);
  const shared = Array.from({ length: 6 }, () => use.share(user(), NONE));
  expect(shared.slice(0, 3).sort()).toEqual([100, 101, 102]);
  expect(shared.slice(3).sort()).toEqual([100, 101, 102]);
});

test('IT22 the port of a viewer who fell silent goes to whoever comes first', () => {
  const use = new PortUse(100, 101);
  use.take(100, user(), NONE);
  use.take(101, user(true), NONE);
  expect([use.share(user(), NONE), use.share(user(), NONE)]).toEqual([101, 100]);
});

test('IT22 a port is free again once its last user has left, each of whom leaves once', () => {
  const use = new PortUse(100, 100);
  const [first, second] = [user(), user()];
  use.take(100, first, NONE);
  use.share(second, NONE);
  expect([use.leave(100, first), use.leave(100, first)]).toEqual([false, false]);
  expect(use.take(100, user(), NONE)).toBeUndefined();
  expect(use.leave(100, second)).toBe(true);
  expect(use.leave(100, second)).toBe(false);
  expect(use.take(100, user(), NONE)).toBe(100);
});
