import { expect, test } from 'vitest';
import { BrokenStreams, nextRung } from '../../../server/capture/streams/broken-streams.js';
import { FirstFrameWatch } from '../../../server/capture/streams/first-frame-watch.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

test.each([
  ['main', [], 'medium'],
  ['main', ['medium'], 'low'],
  ['low', [], 'medium'],
  ['low', ['medium'], 'main'],
  ['medium', ['low'], 'main'],
  ['main', ['medium', 'low'], undefined],
  ['legacy', [], undefined],
])('LD5 in place of %s, with %o broken too: %s', (id, broken, next) => {
  expect(nextRung(['main', 'medium', 'low'], id, (each) => each === id || broken.includes(each))).toBe(next);
});

test('LD5 newcomers are not shown a broken stream for a minute, unless it gives a picture or the screen changes', () => {
  const streams = new BrokenStreams();
  expect(streams.broke('main', 'why', 1_000)).toBe(true);
  expect(streams.broke('main', 'why', 2_000)).toBe(false);
  expect([streams.isAvoided('main', 61_999), streams.isAvoided('main', 62_000)]).toEqual([true, false]);
  expect(streams.isAvoided('low', 2_000)).toBe(false);
  expect(streams.problems).toEqual([{ about: 'main', reason: 'why' }]);
  streams.delivered('main');
  expect(streams.problems).toEqual([]);
  streams.broke('low', 'why', 3_000);
  streams.clear();
  expect(streams.isAvoided('low', 3_000)).toBe(false);
});

function watched() {
  const clock = new SteppedClock();
  const said: string[] = [];
  const watch = new FirstFrameWatch(clock, {
    silent: (reason) => said.push(`silent: ${reason}`),
    fruitless: (reason) => said.push(`fruitless: ${reason}`),
  });
  watch.ordered();
  return { clock, said, watch };
}

test('LD4 a run that plays has 5 s for its first frame', () => {
  const { clock, said, watch } = watched();
  clock.advance(60_000);
  watch.started();
  clock.advance(4_999);
  expect(said).toEqual([]);
  clock.advance(1);
  expect(said).toEqual(['silent: no frame came within 5 s']);
  watch.delivered();
  watch.failed('later');
  clock.advance(60_000);
  expect(said).toHaveLength(1);
});

test('LD4 a run that ended before its first frame says why; each run counts anew', () => {
  const { clock, said, watch } = watched();
  watch.failed('no element "x"');
  watch.ordered();
  watch.started();
  watch.delivered();
  watch.failed('the encoder broke off');
  watch.ordered();
  watch.failed('no element "y"');
  clock.advance(60_000);
  expect(said).toEqual(['fruitless: no element "x"', 'fruitless: no element "y"']);
});
