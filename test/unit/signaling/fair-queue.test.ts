import { expect, test } from 'vitest';
import { FairQueue } from '../../../server/signaling/login/fair-queue.js';

/** A queue whose jobs end when the test says. */
function stage(bounds: { atOnce: number; ofKey?: number; inAll?: number }) {
  const queue = new FairQueue({ ofKey: 100, inAll: 100, ...bounds });
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const outcomes = new Map<string, unknown>();
  const add = (...names: string[]) => {
    for (const name of names) {
      const job = () => {
        running.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      };
      void queue.add(name.charAt(0), job).then((outcome) => outcomes.set(name, outcome));
    }
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await settled();
  };
  return { add, end, running, outcomes };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('L7 two at once, one of each key, keys in turn', async () => {
  const { add, end, running } = stage({ atOnce: 2 });
  add('a1', 'a2', 'a3', 'b1', 'b2', 'c1');
  expect(running).toEqual(['a1', 'b1']);
  await end('a1');
  expect(running).toEqual(['a1', 'b1', 'c1']);
  await end('c1');
  expect(running.slice(3)).toEqual(['a2']);
  await end('b1');
  expect(running.slice(4)).toEqual(['b2']);
});

test('L7 who comes after a thousand of another key waits for the one that runs', async () => {
  const { add, end, running } = stage({ atOnce: 1, ofKey: 1_000, inAll: 10_000 });
  add(...Array.from({ length: 1_000 }, (_, index) => `a${index}`), 'b');
  await end('a0');
  expect(running).toEqual(['a0', 'b']);
});

test('L7 a key at its bound is refused, others are not', async () => {
  const { add, outcomes, running } = stage({ atOnce: 1, ofKey: 2 });
  add('a1', 'a2', 'a3', 'a4', 'b1');
  await settled();
  expect([...outcomes]).toEqual([['a4', null]]);
  expect(running).toEqual(['a1']);
});

test('L7 full: who has most waiting loses the newest, and with one each the newcomer is refused', async () => {
  const { add, end, outcomes, running } = stage({ atOnce: 1, inAll: 3 });
  add('x', 'a1', 'a2', 'a3', 'b1');
  await settled();
  expect([...outcomes]).toEqual([['a3', null]]);
  add('c1', 'd1');
  await settled();
  expect([...outcomes]).toEqual([
    ['a3', null],
    ['a2', null],
    ['d1', null],
  ]);
  for (const name of ['x', 'a1', 'b1', 'c1']) await end(name);
  expect(running).toEqual(['x', 'a1', 'b1', 'c1']);
});

test('L7 a job that fails fails alone', async () => {
  const queue = new FairQueue({ atOnce: 1, ofKey: 9, inAll: 9 });
  await expect(queue.add('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.add('a', async () => 'yes')).toBe('yes');
});
