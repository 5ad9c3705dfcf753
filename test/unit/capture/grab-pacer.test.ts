import { expect, test } from 'vitest';
import {
  type GrabPacer,
  newGrabPacer,
  type PacerInput,
  stepGrabPacer,
} from '../../../server/capture/worker/pictures/grab-pacer.js';

interface Simulation {
  readonly untilMs: number;
  /** Outside events; the encoder and the timers are simulated. */
  readonly events: ReadonlyArray<readonly [atMs: number, input: PacerInput['kind']]>;
  readonly encodeMs?: number;
  readonly framesPerSecond?: number;
  readonly lifts?: boolean;
}

/** Runs a pacer with an encoder that takes `encodeMs` per frame and timers that fire in time; returns the times of its grabs. */
function grabs({ untilMs, events, encodeMs = 8, framesPerSecond = 30, lifts = true }: Simulation): number[] {
  let pacer: GrabPacer = newGrabPacer(framesPerSecond, lifts);
  let wakeMs = 0;
  let encodedMs = Number.POSITIVE_INFINITY;
  const pending = [...events];
  const times: number[] = [];
  for (;;) {
    const eventMs = pending[0]?.[0] ?? Number.POSITIVE_INFINITY;
    const nowMs = Math.min(eventMs, wakeMs, encodedMs);
    if (nowMs > untilMs) return times;
    let kind: PacerInput['kind'] = 'tick';
    if (nowMs === eventMs) kind = pending.shift()![1];
    else if (nowMs === encodedMs) {
      kind = 'encoded';
      encodedMs = Number.POSITIVE_INFINITY;
    }
    wakeMs = Number.POSITIVE_INFINITY;
    const [next, effects] = stepGrabPacer(pacer, { kind }, nowMs);
    pacer = next;
    for (const effect of effects) {
      if (effect.kind === 'wake') wakeMs = Math.max(effect.atMs, nowMs + 0.01);
      else {
        expect(encodedMs, 'one frame in flight').toBe(Number.POSITIVE_INFINITY);
        times.push(nowMs);
        encodedMs = nowMs + encodeMs;
      }
    }
  }
}

const damageEvery = (stepMs: number, fromMs: number, toMs: number): Array<[number, 'damaged']> =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) }, (_, index) => [fromMs + index * stepMs, 'damaged']);

test('G1 the first frame is taken at once, a refining one 300 ms later, and then one every 2 s', () => {
  expect(grabs({ untilMs: 7_000, events: [] })).toEqual([0, 300, 2_300, 4_300, 6_300]);
});

test('G2 the first change after a pause is taken without waiting for a tick, and refined once', () => {
  expect(grabs({ untilMs: 7_000, events: [[5_003, 'damaged']] })).toEqual([0, 300, 2_300, 4_300, 5_003, 5_303]);
});

test('G2 a moving screen is taken at its rate, late timers or not', () => {
  const times = grabs({ untilMs: 2_000, events: damageEvery(7.3, 1_000, 2_000) }).filter((time) => time >= 1_000);
  expect(times.length).toBeGreaterThanOrEqual(29);
  expect(times.length).toBeLessThanOrEqual(31);
});

test('G3 an input lifts the cap to 60 a second for 120 ms', () => {
  const events = [...damageEvery(5, 1_000, 2_000), [1_500, 'input'] as const].sort((a, b) => a[0] - b[0]);
  const times = grabs({ untilMs: 2_000, events });
  const boosted = times.filter((time) => time >= 1_500 && time < 1_620).length;
  expect(boosted).toBeGreaterThanOrEqual(6);
  expect(boosted).toBeLessThanOrEqual(8);
  expect(times.filter((time) => time >= 1_700).length).toBeLessThanOrEqual(10);
});

test('G3 a configured rate stays what it is', () => {
  const events = [...damageEvery(5, 1_000, 2_000), [1_500, 'input'] as const].sort((a, b) => a[0] - b[0]);
  const times = grabs({ untilMs: 2_000, events, framesPerSecond: 10, lifts: false }).filter((time) => time >= 1_000);
  expect(times.length).toBeLessThanOrEqual(11);
});

test('an answer to an input is taken 1/60 s after the last frame at the latest', () => {
  const times = grabs({
    untilMs: 1_032,
    events: [
      [1_000, 'damaged'],
      [1_010, 'input'],
      [1_012, 'damaged'],
    ],
  });
  expect(times.at(-1)).toBeCloseTo(1_000 + 1000 / 60, 0);
});

test('G4 a slow encoder gets no frame before it is done with the last', () => {
  const times = grabs({ untilMs: 2_000, events: damageEvery(5, 1_000, 2_000), encodeMs: 90 }).filter((time) => time >= 1_000);
  expect(times.length).toBeGreaterThanOrEqual(10);
  expect(times.length).toBeLessThanOrEqual(12);
});

test('G4 a frame that the encoder swallows is given up after a second', () => {
  const [waiting] = stepGrabPacer(newGrabPacer(30, true), { kind: 'tick' }, 0);
  const [dirty, effects] = stepGrabPacer(waiting, { kind: 'damaged' }, 100);
  expect(effects).toEqual([{ kind: 'wake', atMs: 1_000 }]);
  expect(stepGrabPacer(dirty, { kind: 'tick' }, 1_000)[1][0]).toEqual({ kind: 'grab' });
});

test('G5 a wanted frame comes on a still screen, and refines again', () => {
  expect(grabs({ untilMs: 6_000, events: [[4_000, 'frame-wanted']] })).toEqual([0, 300, 2_300, 4_000, 4_300]);
});

test('G5 a wanted frame keeps a distance of 8 ms from the last, which is the least that browsers show', () => {
  expect(
    grabs({
      untilMs: 250,
      events: [
        [100, 'frame-wanted'],
        [103, 'frame-wanted'],
      ],
      encodeMs: 1,
    }),
  ).toEqual([0, 100, 108]);
});
