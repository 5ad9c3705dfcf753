import { expect, test } from 'vitest';
import { type Sendable, SendScheduler, type Turn } from '../../../server/media/egress/send-scheduler.js';
import { plainDepartures } from '../../../server/media/paths/departures.js';
import { FakeClock } from './fake-viewer.js';

/** A viewer with `turns` turns to take, each of which takes `turnMs`. */
function viewer(clock: FakeClock, taken: string[], name: string, turns: number, turnMs: number): Sendable {
  let left = turns;
  return {
    queued: false,
    takeTurn(): Turn {
      taken.push(name);
      clock.advance(turnMs);
      return --left > 0 ? 'more' : 'idle';
    },
    failed: (error) => taken.push(`${name} failed: ${error}`),
  };
}

const eventsPass = () => new Promise((resolve) => setImmediate(resolve));

test('after 2 ms of sending other events get their turn, and then everyone goes on where they were', async () => {
  const clock = new FakeClock();
  const scheduler = new SendScheduler(clock, plainDepartures('test'));
  const taken: string[] = [];
  const viewers = ['a', 'b', 'c', 'd', 'e'].map((name) => viewer(clock, taken, name, name === 'a' ? 3 : 1, 0.75));
  for (const each of viewers) scheduler.add(each);
  scheduler.run();
  expect(taken).toEqual(['a', 'b', 'c']);
  // What comes meanwhile is served by the run that goes on, not by one of its own.
  scheduler.run();
  expect(taken).toHaveLength(3);
  await eventsPass();
  expect(taken).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  await eventsPass();
  expect(taken).toEqual(['a', 'b', 'c', 'd', 'e', 'a', 'a']);
  expect(viewers.every(({ queued }) => !queued)).toBe(true);
  scheduler.close();
});
