import { expect, test } from 'vitest';
import { DesktopInput } from '../../../client/input/desktop-input.js';
import { LONG_PRESS_MS, NO_TOUCH, stepTouch, type TouchInput } from '../../../client/input/touch.js';
import { fitPicture, toScreen } from '../../../client/input/viewport.js';
import { accumulateWheel, STILL_WHEEL } from '../../../client/input/wheel.js';
import type { Clock } from '../../../server/lib/clock.js';
import type { InputCommand } from '../../../server/protocol/channel/channel-input.js';

const HD = { width: 1280, height: 720 };

test.each([
  ['wider than the picture', { width: 1600, height: 720 }, 1, { left: 160, top: 0, width: 1280, height: 720 }],
  ['taller than the picture', { width: 390, height: 844 }, 1, { left: 0, top: 313, width: 390, height: 219 }],
  ['on a screen of two device pixels', { width: 390, height: 844 }, 2, { left: 0, top: 312.5, width: 390, height: 219.5 }],
  ['of no size', { width: 0, height: 500 }, 1, { left: 0, top: 0, width: 0, height: 0 }],
])('the picture in a box %s', (_name, box, ratio, rect) => {
  expect(fitPicture(box, HD, ratio)).toEqual(rect);
});

test('every desktop pixel is hit at its middle, whatever the scale', () => {
  for (const width of [390, 777, 1280, 1440, 2560]) {
    const picture = { left: 13, top: 7, width, height: (width * 9) / 16 };
    for (const x of [0, 1, 639, 640, 1278, 1279]) {
      const y = Math.min(x, 719);
      const clientX = picture.left + ((x + 0.5) * picture.width) / 1280;
      const clientY = picture.top + ((y + 0.5) * picture.height) / 720;
      expect(toScreen(clientX, clientY, picture, HD)).toEqual({ x, y });
    }
  }
});

test('points outside land on the edge', () => {
  const picture = { left: 100, top: 50, width: 1280, height: 720 };
  expect(toScreen(0, 0, picture, HD)).toEqual({ x: 0, y: 0 });
  expect(toScreen(5_000, 5_000, picture, HD)).toEqual({ x: 1279, y: 719 });
  expect(toScreen(5, 5, { left: 0, top: 0, width: 0, height: 0 }, HD)).toEqual({ x: 0, y: 0 });
});

test.each([
  ['a notch down is one click down', [[0, 0, 100, 0]], [0, -1]],
  ['a notch of 120 px too', [[0, 0, 120, 0]], [0, -1]],
  ['a notch up', [[0, 0, -100, 0]], [0, 1]],
  ['three lines, as Firefox counts a notch', [[0, 0, 3, 1]], [0, -1]],
  ['a wheel to the right is a negative click', [[0, 100, 0, 0]], [-1, 0]],
  [
    'small movements add up',
    [
      [0, 0, 25, 0],
      [16, 0, 25, 0],
      [32, 0, 25, 0],
    ],
    [0, -1],
  ],
  [
    'a turn drops what had added up',
    [
      [0, 0, 50, 0],
      [16, 0, -20, 0],
    ],
    [0, 0],
  ],
  [
    'a pause drops it too',
    [
      [0, 0, 50, 0],
      [1_000, 0, 20, 0],
    ],
    [0, 0],
  ],
  ['a flick is bounded', [[0, 0, 9_000, 0]], [0, -10]],
] as const)('%s', (_rule, events, [x, y]) => {
  let state = STILL_WHEEL;
  const total = { x: 0, y: 0 };
  for (const [nowMs, deltaX, deltaY, deltaMode] of events) {
    const [next, clicks] = accumulateWheel(state, { deltaX, deltaY, deltaMode }, nowMs);
    state = next;
    total.x += clicks.x;
    total.y += clicks.y;
  }
  expect(total).toEqual({ x, y });
});

const down = (id: number, x: number, y: number): TouchInput => ({ kind: 'down', id, at: { x, y } });
const move = (id: number, x: number, y: number): TouchInput => ({ kind: 'move', id, at: { x, y } });
const up = (id: number): TouchInput => ({ kind: 'up', id });

test.each<readonly [string, ReadonlyArray<readonly [number, TouchInput]>, string[]]>([
  [
    'a tap is a click',
    [
      [0, down(1, 10, 20)],
      [50, move(1, 12, 21)],
      [80, up(1)],
    ],
    ['move 10,20', 'click 1'],
  ],
  [
    'a drag holds the button',
    [
      [0, down(1, 10, 10)],
      [50, move(1, 40, 10)],
      [60, move(1, 50, 10)],
      [90, up(1)],
    ],
    ['move 10,10', 'button-down 1', 'move 40,10', 'move 50,10', 'button-up 1'],
  ],
  [
    'holding still is a right click, and lifting the finger no other',
    [
      [0, down(1, 5, 5)],
      [LONG_PRESS_MS, { kind: 'tick' }],
      [900, up(1)],
    ],
    ['move 5,5', 'click 3'],
  ],
  [
    'two fingers scroll',
    [
      [0, down(1, 0, 0)],
      [10, down(2, 50, 0)],
      [20, move(1, 0, 40)],
      [30, move(2, 50, 40)],
      [40, up(1)],
      [50, up(2)],
    ],
    ['move 0,0', 'scroll 0,20', 'scroll 0,20'],
  ],
  [
    'the finger that stays after scrolling does nothing',
    [
      [0, down(1, 0, 0)],
      [10, down(2, 50, 0)],
      [20, up(2)],
      [30, move(1, 90, 90)],
      [40, up(1)],
    ],
    ['move 0,0'],
  ],
  [
    'a cancelled drag lets go',
    [
      [0, down(1, 0, 0)],
      [10, move(1, 40, 0)],
      [20, { kind: 'cancel', id: 1 }],
    ],
    ['move 0,0', 'button-down 1', 'move 40,0', 'button-up 1'],
  ],
])('%s', (_rule, script, expected) => {
  let state = NO_TOUCH;
  const effects: string[] = [];
  for (const [nowMs, input] of script) {
    const [next, made] = stepTouch(state, input, nowMs);
    state = next;
    for (const effect of made) {
      if (effect.kind === 'move') effects.push(`move ${effect.at.x},${effect.at.y}`);
      else if (effect.kind === 'scroll') effects.push(`scroll ${effect.dx},${effect.dy}`);
      else effects.push(`${effect.kind} ${effect.button}`);
    }
  }
  expect(effects).toEqual(expected);
  expect(state.kind).toBe('idle');
});

/** A clock that stands still until told to go on. */
function stoppedClock(): Clock & { goOn(byMs: number): void } {
  let nowMs = 0;
  let waiting: { readonly atMs: number; readonly action: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      const entry = { atMs: nowMs + delayMs, action };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    goOn(byMs) {
      nowMs += byMs;
      const due = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter(({ atMs }) => atMs > nowMs);
      for (const { action } of due) action();
    },
  };
}

test('moves go at once, at most every 8 ms, the last one always, and before the button that follows', () => {
  const clock = stoppedClock();
  const sent: InputCommand[] = [];
  const input = new DesktopInput((command) => sent.push(command), clock);
  for (let x = 1; x <= 3; x++) input.move({ x, y: 0 });
  expect(sent).toEqual([{ kind: 'move', x: 1, y: 0 }]);
  clock.goOn(8);
  expect(sent.slice(1)).toEqual([{ kind: 'move', x: 3, y: 0 }]);
  input.move({ x: 4, y: 0 });
  input.buttonDown(1);
  input.buttonUp(3);
  input.releaseButtons();
  input.releaseButtons();
  clock.goOn(100);
  expect(sent.slice(2)).toEqual([
    { kind: 'move', x: 4, y: 0 },
    { kind: 'button-down', code: 1 },
    { kind: 'button-up', code: 1 },
  ]);
});
