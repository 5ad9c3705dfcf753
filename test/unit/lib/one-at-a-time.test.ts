import { expect, test } from 'vitest';
import { OneAtATime } from '../../../server/lib/one-at-a-time.js';

test('one run at a time; whoever asks meanwhile shares the next, which begins after they asked', async () => {
  const ends: ((value: number) => void)[] = [];
  const task = new OneAtATime(() => new Promise<number>((resolve) => ends.push(resolve)));
  const first = task.run();
  const later = [task.run(), task.run(), task.run()];
  expect(ends).toHaveLength(1);
  ends[0]?.(1);
  expect(await first).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ends).toHaveLength(2);
  const last = task.run();
  ends[1]?.(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  await new Promise((resolve) => setImmediate(resolve));
  ends[2]?.(3);
  expect(await last).toBe(3);
});

test('a run that fails is the failure of who asked for it, and the next begins all the same', async () => {
  let runs = 0;
  const task = new OneAtATime(async () => {
    runs += 1;
    if (runs === 1) throw new Error('broken');
    return runs;
  });
  const [first, second] = [task.run(), task.run()];
  await expect(first).rejects.toThrow('broken');
  expect(await second).toBe(2);
});
