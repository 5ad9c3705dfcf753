import { expect, test } from 'vitest';
import { agreedBitrate, stepAim } from '../../../server/viewers/quality/encoder-bitrate.js';
import { PathMemory } from '../../../server/viewers/quality/path-memory.js';
import { NEW_CHOICE, stepRungChoice } from '../../../server/viewers/quality/rung-choice.js';
import { ViewingRoom } from './viewing-room.js';

const RANGES = {
  main: { floorBps: 1_500_000, nominalBps: 3_000_000, ceilingBps: 6_000_000 },
  medium: { floorBps: 600_000, nominalBps: 1_200_000, ceilingBps: 2_400_000 },
  low: { floorBps: 100_000, nominalBps: 400_000, ceilingBps: 800_000 },
};
const RUNGS = Object.entries(RANGES).map(([id, { floorBps }]) => ({ id, needBps: floorBps }));
const AUTO = { video: { auto: true } };

/** Steps one viewer's choice every 100 ms along `usableBps`; the rungs it was shown, and when each began. */
function choose(usableBps: (atMs: number) => number, untilMs: number): (readonly [atMs: number, rung: string])[] {
  let memory = NEW_CHOICE;
  let current = 'main';
  const shown: (readonly [number, string])[] = [[0, current]];
  for (let atMs = 0; atMs < untilMs; atMs += 100) {
    const [next, rung] = stepRungChoice(memory, { rungs: RUNGS, current, usableBps: usableBps(atMs) }, atMs);
    memory = next;
    if (rung !== current) shown.push([atMs, rung]);
    current = rung;
  }
  return shown;
}

function threeRungs(estimator = {}) {
  return new ViewingRoom(Object.keys(RANGES), estimator, RANGES);
}

async function connected(room: ViewingRoom, sessionId: string, wishes = {}) {
  const viewer = await room.join(sessionId, { ...AUTO, clientAddress: `192.0.2.${sessionId.length}`, ...wishes });
  viewer.transport.connect();
  return viewer;
}

test('VW14 a path that falls far short is left at once for the best rung that it carries', () => {
  expect(choose((atMs) => (atMs < 5_000 ? 4e6 : 0.9e6), 10_000)).toEqual([
    [0, 'main'],
    [5_000, 'medium'],
  ]);
  expect(choose((atMs) => (atMs < 5_000 ? 4e6 : 0.2e6), 10_000)).toEqual([
    [0, 'main'],
    [5_000, 'low'],
  ]);
  expect(choose((atMs) => (atMs < 5_000 ? 4e6 : 0.01e6), 10_000)).toEqual([
    [0, 'main'],
    [5_000, 'low'],
  ]);
});

test('VW14 a path that falls short by little, and not for long, is left as it is', () => {
  expect(choose((atMs) => (atMs % 2_000 < 900 ? 1.4e6 : 1.6e6), 20_000)).toEqual([[0, 'main']]);
  expect(choose((atMs) => (atMs < 5_000 ? 1.6e6 : 1.4e6), 10_000)).toEqual([
    [0, 'main'],
    [6_000, 'medium'],
  ]);
});

test('VW15 up after 2 s of room, rung by rung', () => {
  expect(choose((atMs) => (atMs < 1_000 ? 0.2e6 : 4e6), 10_000)).toEqual([
    [0, 'main'],
    [0, 'low'],
    [3_000, 'medium'],
    [5_100, 'main'],
  ]);
});

test('VW15 each rung that had to be left again soon doubles the patience', () => {
  // The path seems to carry the rung above, until it has been used for a second.
  let onMainSinceMs = 0;
  let memory = NEW_CHOICE;
  let current = 'medium';
  const upsMs: number[] = [];
  for (let atMs = 0; atMs < 120_000; atMs += 100) {
    const usableBps = current === 'main' && atMs - onMainSinceMs >= 1_000 ? 1e6 : 1.7e6;
    const [next, rung] = stepRungChoice(memory, { rungs: RUNGS, current, usableBps }, atMs);
    if (rung === 'main' && current !== 'main') {
      upsMs.push(atMs);
      onMainSinceMs = atMs;
    }
    [memory, current] = [next, rung];
  }
  const waits = upsMs.slice(1).map((atMs, i) => atMs - upsMs[i]!);
  expect(waits.slice(0, 3).map((ms) => Math.round(ms / 1_000))).toEqual([5, 9, 17]);
});

test('VW15 the patience stays, however long the path was narrow after a rung that had to be left', () => {
  let memory = NEW_CHOICE;
  let current = 'medium';
  let leftAtMs = Number.NEGATIVE_INFINITY;
  let wentUpAtMs = 0;
  const waitsMs: number[] = [];
  for (let atMs = 0; atMs < 300_000; atMs += 100) {
    const isNarrow = atMs - leftAtMs < 20_000 || (current === 'main' && atMs - wentUpAtMs >= 1_000);
    const [next, rung] = stepRungChoice(memory, { rungs: RUNGS, current, usableBps: isNarrow ? 1e6 : 1.7e6 }, atMs);
    if (rung === 'main' && current !== 'main') {
      wentUpAtMs = atMs;
      if (leftAtMs > 0) waitsMs.push(atMs - leftAtMs - 20_000);
    }
    if (rung !== 'main' && current === 'main') leftAtMs = atMs;
    [memory, current] = [next, rung];
  }
  expect(waitsMs.slice(0, 3).map((ms) => Math.round(ms / 1_000))).toEqual([4, 8, 16]);
});

test.each([
  ['nobody watches', [], 3e6],
  ['one has room', [9e6], 6e6],
  ['one has little', [2e6], 2e6],
  ['one has less than the encoder can', [0.3e6], 1.5e6],
  ['all agree', [2.4e6, 2e6], 2e6],
  ['one is far behind the others', [4e6, 0.3e6, 3.5e6], 3.5e6],
  ['a little room beside much', [9e6, 3.5e6], 3.5e6],
])('VW16 the bitrate of an encoder: %s', (_name, usable, expected) => {
  expect(agreedBitrate(RANGES.main, usable)).toBe(expected);
});

test('VW16 an encoder goes down at once and up by steps', () => {
  const aim = { bitrateBps: 3e6, setAtMs: 0 };
  expect(stepAim(aim, 1.5e6, 200)).toEqual({ bitrateBps: 1.5e6, setAtMs: 200 });
  expect(stepAim(aim, 2.95e6, 200)).toBe(aim);
  expect(stepAim(aim, 6e6, 400)).toBe(aim);
  expect(stepAim(aim, 6e6, 500)).toEqual({ bitrateBps: 3.45e6, setAtMs: 500 });
});

test('VW16 the encoder follows a single viewer, and is as it was once nobody watches', async () => {
  const room = threeRungs();
  const viewer = await connected(room, 'one');
  viewer.transport.estimates(2_400_000);
  expect(room.bitrates.at(-1)).toEqual(['main', Math.round(0.92 * 2_250_000)]);
  viewer.transport.estimates(20_000_000);
  room.clock.advance(10_000);
  expect(room.bitrates.at(-1)).toEqual(['main', 6_000_000]);
  viewer.close('dismissed');
  expect(room.bitrates.at(-1)).toEqual(['main', 3_000_000]);
});

test('VW17 a viewer on a bad path costs one on a good path nothing', async () => {
  const room = threeRungs();
  const good = await connected(room, 'good');
  const bad = await connected(room, 'bad');
  good.transport.estimates(4_000_000);
  room.clock.advance(3_000);
  bad.transport.estimates(300_000);
  room.clock.advance(5_000);
  const before = room.bitrates.filter(([id]) => id === 'main').length;
  for (const bps of [250_000, 400_000, 200_000]) {
    bad.transport.estimates(bps);
    room.clock.advance(2_000);
  }
  expect(good.video.id).toBe('main');
  expect(bad.video.id).toBe('low');
  expect(room.bitrates.filter(([id]) => id === 'main').length).toBe(before);
  expect(room.heard.filter((line) => line.includes('video'))).toEqual(['bad video low']);
});

test('VW14 who named its rung keeps it', async () => {
  const room = threeRungs();
  const viewer = await connected(room, 'one', { video: { selector: { type: 'exact', id: 'main', bitrate: 0 } } });
  viewer.transport.estimates(200_000);
  room.clock.advance(5_000);
  expect(viewer.video).toMatchObject({ id: 'main', auto: false });
});

test('VW18 what an address held is where its next viewer begins, and fades', () => {
  const memory = new PathMemory();
  memory.note('192.0.2.1', 200_000, 0);
  expect(memory.startBps('192.0.2.1', 1_000_000, 30_000)).toBe(200_000);
  expect(memory.startBps('192.0.2.1', 1_000_000, 60_000)).toBe(600_000);
  expect(memory.startBps('192.0.2.1', 1_000_000, 600_000)).toBeCloseTo(1_000_000, -3);
  expect(memory.startBps('192.0.2.2', 1_000_000, 0)).toBeUndefined();
});

test('VW18 addresses are remembered at the bound and beyond', () => {
  const memory = new PathMemory();
  for (let i = 0; i < 1_000; i++) memory.note(String(i), 1, 0);
  expect(memory.startBps('0', 0, 0)).toBe(1);
  memory.note('one more', 1, 0);
  expect(memory.startBps('0', 0, 0)).toBeUndefined();
  expect(memory.startBps('1', 0, 0)).toBe(1);
});

test('VW18 a viewer who comes back on a narrow path begins on a lower rung', async () => {
  const room = threeRungs();
  const first = await connected(room, 'one');
  first.transport.estimateBps = 300_000;
  first.close('dismissed');
  const again = await connected(room, 'one');
  expect(again.transport.startBps).toBe(300_000);
  expect(again.video.id).toBe('low');
});

test('VW18 a viewer that replaces another of its session begins with what that one held', async () => {
  const room = threeRungs();
  const first = await connected(room, 'one');
  first.transport.estimateBps = 300_000;
  const second = await connected(room, 'one');
  expect([second.transport.startBps, second.video.id]).toEqual([300_000, 'low']);
});

test('VW19 the loop leaves who watches a stream that is not offered where it is', async () => {
  const room = threeRungs({ readIntervalMs: 100 });
  const viewer = await connected(room, 'one', { video: { auto: true, selector: { type: 'exact', id: 'legacy', bitrate: 0 } } });
  room.measuredBps = 1_000_000;
  for (const bps of [900_000, 800_000, 700_000]) {
    viewer.transport.estimates(bps);
    room.clock.advance(10_000);
  }
  expect(viewer.video.id).toBe('legacy');
});

test.each([{ enabled: false }, { passive: true }])('VW19 with %o nobody is automatic', async (estimator) => {
  const room = threeRungs(estimator);
  const viewer = await connected(room, 'one');
  expect(viewer.video.auto).toBe(false);
  viewer.transport.estimates(100_000);
  room.clock.advance(10_000);
  expect(viewer.video.id).toBe('main');
});
