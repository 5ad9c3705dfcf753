import { expect, test } from 'vitest';
import { InputQueue } from '../../../server/signaling/input/input-queue.js';
import type { InputJob } from '../../../server/signaling/input/waiting-input.js';
import { INPUT_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

/** A queue in front of an X server that says how far it got only when it is told to. */
function slowServer() {
  const clock = new SteppedClock();
  const done: string[] = [];
  const asked: (() => void)[] = [];
  const dropped: string[] = [];
  const queue = new InputQueue({
    clock,
    input: { releaseAll: () => void done.push('release'), synced: () => new Promise((resolve) => asked.push(resolve)) },
    carryOut(source, job) {
      if (job.kind === 'act') return job.run();
      done.push(job.kind === 'move' ? `${source} at ${job.x}` : `${source} wheel ${job.deltaX} ${job.deltaY} ${job.control}`);
    },
    dropped: (source) => void dropped.push(source),
  });
  const act = (what: string, cost: number): InputJob => ({ kind: 'act', run: () => void done.push(what), cost });
  return {
    queue,
    clock,
    done,
    dropped,
    key: (source: string, what: string) => queue.add(source, act(`${source} ${what}`, 1)),
    shortcut: (source: string, what: string) => queue.add(source, act(`${source} ${what}`, 16)),
    move: (source: string, x: number) => queue.add(source, { kind: 'move', x, y: 0 }),
    /** The X server has worked off everything it was given and asked about. */
    async catchUp() {
      for (const resolve of asked.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('input of somebody alone is carried out in the call that brings it', () => {
  const { key, move, shortcut, done } = slowServer();
  move('a', 1);
  key('a', 'down');
  key('a', 'up');
  shortcut('a', 'copy');
  expect(done).toEqual(['a at 1', 'a down', 'a up', 'a copy']);
});

test('positions in a flood: the newest is carried out every 8 ms, and the last of all is', async () => {
  const { move, clock, done, catchUp } = slowServer();
  for (let x = 1; x <= 1_000; x += 1) move('a', x);
  expect(done).toEqual(['a at 1', 'a at 2']);
  clock.advance(8);
  expect(done.at(-1)).toBe('a at 1000');
  for (let x = 1_001; x <= 2_000; x += 1) {
    move('a', x);
    clock.advance(1);
    if (x % 100 === 0) await catchUp();
  }
  clock.advance(8);
  expect(done.at(-1)).toBe('a at 2000');
  expect(done.length).toBeLessThan(3 + 1_000 / 8 + 2);
});

test('a click waits for no position: the newest before it is carried out with it, at once', () => {
  const { move, key, done } = slowServer();
  for (let x = 1; x <= 10; x += 1) move('a', x);
  key('a', 'click');
  expect(done.slice(-2)).toEqual(['a at 10', 'a click']);
});

test('positions at the pace of a screen are none the later for it', () => {
  const { move, clock, done } = slowServer();
  for (let x = 1; x <= 60; x += 1) {
    move('a', x);
    expect(done.at(-1)).toBe(`a at ${x}`);
    clock.advance(x % 2 === 0 ? 20 : 13);
  }
});

test('the X server is given four shortcuts, then one more for each that it worked off', async () => {
  const { shortcut, done, catchUp } = slowServer();
  for (let number = 1; number <= 100; number += 1) shortcut('a', `copy ${number}`);
  expect(done).toHaveLength(4);
  await catchUp();
  expect(done).toHaveLength(8);
  expect(done.at(-1)).toBe('a copy 8');
});

test('the wheel adds up while it waits, with and without Control apart', async () => {
  const { queue, shortcut, done, catchUp } = slowServer();
  for (let number = 1; number <= 4; number += 1) shortcut('a', 'copy');
  const scroll = (deltaY: number, control: boolean) => queue.add('a', { kind: 'scroll', deltaX: 0, deltaY, control });
  for (let turn = 0; turn < 50; turn += 1) scroll(-1, false);
  scroll(2, true);
  scroll(3, true);
  await catchUp();
  expect(done.slice(4)).toEqual(['a wheel 0 -50 false', 'a wheel 0 5 true']);
});

test('256 wait; with one more all of them are given up, held keys are let go, and it is told', async () => {
  const { shortcut, key, done, dropped, catchUp } = slowServer();
  for (let number = 1; number <= 4; number += 1) shortcut('a', 'copy');
  for (let number = 1; number <= INPUT_LIMITS.waiting.value; number += 1) key('a', `key ${number}`);
  expect(dropped).toEqual([]);
  key('a', 'one too many');
  expect(dropped).toEqual(['a']);
  expect(done.at(-1)).toBe('release');
  key('a', 'later');
  await catchUp();
  expect(done.slice(5)).toEqual(['a later']);
});

test('when control passes on, nothing that waits is carried out, held keys are let go, and the next is heard at once', async () => {
  const { queue, shortcut, key, done, catchUp } = slowServer();
  for (let number = 0; number < 200; number += 1) shortcut('a', 'copy');
  queue.hostChanged(false);
  key('b', 'down');
  await catchUp();
  expect(done.slice(4)).toEqual(['release', 'release', 'b down']);
  await catchUp();
  expect(done).toHaveLength(7);
});

test('sessions that take control from each other all the time take turns, each with what it did', async () => {
  const { queue, shortcut, key, done, catchUp } = slowServer();
  for (let number = 0; number < 200; number += 1) shortcut('a', 'copy');
  queue.hostChanged(true);
  key('b', 'down');
  key('b', 'up');
  queue.hostChanged(true);
  done.length = 0;
  for (let turn = 0; turn < 10; turn += 1) await catchUp();
  const order = done.filter((what) => what !== 'release');
  expect(order.slice(0, 4)).toEqual(['a copy', 'b down', 'a copy', 'b up']);
  expect(order.filter((what) => what === 'a copy')).toHaveLength(8);
  // Between two sessions nothing stays held.
  expect(done.slice(0, 4)).toEqual(['a copy', 'release', 'b down', 'release']);
});

test('what waits is never forgotten, however little the X server was asked about', async () => {
  const { key, queue, done, catchUp } = slowServer();
  for (let number = 0; number < 15; number += 1) key('a', 'key');
  for (let turn = 0; turn < 4; turn += 1) {
    queue.add('a', { kind: 'scroll', deltaX: 30_000, deltaY: 30_000, control: turn % 2 === 0 });
  }
  for (let turn = 0; turn < 4; turn += 1) await catchUp();
  expect(done.filter((what) => what.startsWith('a wheel'))).toHaveLength(4);
});
