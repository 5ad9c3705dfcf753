import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Desktop } from '../../../server/desktop/desktop.js';
import type { ScreenSize } from '../../../server/protocol/events/screen.js';
import { waitFor } from '../../support/wait-for.js';
import { openTestDesktop, type TestDesktop } from './desktop-fixture.js';

let opened: TestDesktop;
let desktop: Desktop;

beforeAll(async () => {
  opened = await openTestDesktop();
  desktop = opened.desktop;
});
afterAll(() => opened?.close());

function xrandr(...options: string[]): string {
  return execFileSync('xrandr', ['-display', opened.display, ...options]).toString();
}

function screenOfX(): string {
  return /current (\d+ x \d+)/.exec(xrandr('--current'))?.[1] ?? '';
}

test('the configured size is set at start', () => {
  expect(desktop.screen.current()).toEqual({ width: 1024, height: 768, rate: 60 });
  expect(screenOfX()).toBe('1024 x 768');
});

test('the offered sizes: those of the X configuration, largest first', () => {
  const sizes = desktop.screen.configurations();
  for (const size of [
    { width: 1920, height: 1080, rate: 60 },
    { width: 1280, height: 720, rate: 30 },
    { width: 3840, height: 2160, rate: 25 },
    { width: 800, height: 1600, rate: 30 },
  ])
    expect(sizes).toContainEqual(size);
  expect(sizes.every(({ rate }) => rate <= 60 && (rate <= 30 || rate % 10 === 0))).toBe(true);
  expect(sizes[0]).toEqual({ width: 3840, height: 2160, rate: 25 });
  expect(new Set(sizes.map((size) => JSON.stringify(size))).size).toBe(sizes.length);
});

test.each<[string, ScreenSize, ScreenSize]>([
  ['a listed size', { width: 1280, height: 720, rate: 30 }, { width: 1280, height: 720, rate: 30 }],
  [
    'larger in one direction, smaller in the other',
    { width: 800, height: 1600, rate: 25 },
    { width: 800, height: 1600, rate: 25 },
  ],
  [
    'a new mode, width down to a multiple of 8, no rate',
    { width: 1103, height: 701, rate: 0 },
    { width: 1096, height: 701, rate: 60 },
  ],
  ['the same again', { width: 1096, height: 701, rate: 60 }, { width: 1096, height: 701, rate: 60 }],
  ['a large one', { width: 3840, height: 2160, rate: 25 }, { width: 3840, height: 2160, rate: 25 }],
  ['a small one', { width: 320, height: 240, rate: 60 }, { width: 320, height: 240, rate: 60 }],
  ['an odd rate', { width: 1000, height: 704, rate: 50 }, { width: 1000, height: 704, rate: 50 }],
])('set: %s', async (_name, wanted, applied) => {
  expect(await desktop.screen.set(wanted)).toEqual({ ok: true, value: applied });
  expect(desktop.screen.current()).toEqual(applied);
  expect(screenOfX()).toBe(`${applied.width} x ${applied.height}`);
});

test.each<[string, ScreenSize, string]>([
  ['too small', { width: 8, height: 8, rate: 60 }, 'unknown screen configuration'],
  ['too large', { width: 65_536, height: 720, rate: 60 }, 'unknown screen configuration'],
  ['more than the memory of the card', { width: 16_384, height: 16_384, rate: 1 }, 'unknown screen configuration'],
  ['a negative rate', { width: 1280, height: 720, rate: -1 }, 'unsupported screen rate'],
  ['a rate no mode can have', { width: 16_384, height: 8_192, rate: 240 }, 'unsupported screen rate'],
])('refused, the screen stays: %s', async (_name, wanted, error) => {
  const before = desktop.screen.current();
  const result = await desktop.screen.set(wanted);
  expect(result.ok ? '' : result.error).toContain(error);
  expect(desktop.screen.current()).toEqual(before);
  expect(screenOfX()).toBe(`${before.width} x ${before.height}`);
});

test('changes asked for at once are made one after the other', async () => {
  const sizes = [800, 1024, 1280, 640].map((width) => ({ width, height: 600, rate: 60 }));
  const results = await Promise.all(sizes.map((size) => desktop.screen.set(size)));
  expect(results).toEqual(sizes.map((value) => ({ ok: true, value })));
  expect(screenOfX()).toBe('640 x 600');
});

test('a change made by somebody else is noticed', async () => {
  const changes: ScreenSize[] = [];
  desktop.events.on('screenChanged', (size) => changes.push(size));
  xrandr('--output', 'DUMMY0', '--mode', '1280x720_60');
  await waitFor('the change', () => changes.length > 0);
  expect(changes.at(-1)).toEqual({ width: 1280, height: 720, rate: 60 });
  expect(desktop.screen.current()).toEqual({ width: 1280, height: 720, rate: 60 });
});
