import { expect, test } from 'vitest';
import { Input } from '../../../server/desktop/input/input.js';
import type { Clock } from '../../../server/lib/clock.js';

/** An input over recorded calls and a clock that is moved by hand. */
function recorded() {
  let nowMs = 0;
  let timer: { atMs: number; action: () => void } | undefined;
  const held = { keys: new Map<number, number>(), buttons: new Map<number, number>() };
  const calls: string[] = [];
  const part = (name: string, down: Map<number, number>) => ({
    get holds() {
      return down.size > 0;
    },
    down(id: number, atMs: number) {
      calls.push(`${name} ${id} down`);
      down.set(id, atMs);
    },
    up(id: number) {
      if (down.delete(id)) calls.push(`${name} ${id} up`);
    },
    releaseAll(delayMs = 0) {
      if (delayMs > 0) calls.push(`wait ${delayMs}`);
      for (const id of [...down.keys()]) this.up(id);
    },
    releaseHeldFor(limitMs: number, atMs: number) {
      for (const [id, sinceMs] of [...down]) if (atMs - sinceMs >= limitMs) this.up(id);
    },
  });
  const clock: Clock = {
    nowMs: () => nowMs,
    after(delayMs, action) {
      timer = { atMs: nowMs + delayMs, action };
      return () => {
        timer = undefined;
      };
    },
  };
  const keys = {
    ...part('key', held.keys),
    withLocked(modifiers: number, action: () => void) {
      calls.push(`lock ${modifiers}`);
      action();
      calls.push('unlock');
    },
  };
  const buttons = {
    ...part('button', held.buttons),
    move: () => undefined,
    scroll: (dx: number, dy: number) => void calls.push(`scroll ${dx} ${dy}`),
  };
  Object.defineProperty(keys, 'holds', { get: () => held.keys.size > 0 });
  Object.defineProperty(buttons, 'holds', { get: () => held.buttons.size > 0 });
  const input = new Input(keys, buttons, clock);
  const advanceTo = (toMs: number) => {
    while (timer && timer.atMs <= toMs) {
      const { atMs, action } = timer;
      timer = undefined;
      nowMs = atMs;
      action();
    }
    nowMs = toMs;
  };
  return { input, calls, advanceTo, isWaiting: () => timer !== undefined };
}

test('what is held for 10 s is let go, and nothing is watched while nothing is held', () => {
  const { input, calls, advanceTo, isWaiting } = recorded();
  expect(isWaiting()).toBe(false);
  input.keyDown(0x61);
  advanceTo(5_500);
  input.buttonDown(1);
  advanceTo(9_999);
  expect(calls).toEqual(['key 97 down', 'button 1 down']);
  advanceTo(10_000);
  expect(calls).toEqual(['key 97 down', 'button 1 down', 'key 97 up']);
  advanceTo(16_000);
  expect(calls.at(-1)).toBe('button 1 up');
  expect(isWaiting()).toBe(false);
});

test('a combination lets go of everything first, and is held for 10 ms; a single key is not', () => {
  const { input, calls } = recorded();
  input.keyDown(0x61);
  input.buttonDown(1);
  input.keyPress([0xffe3, 0x76]);
  expect(calls.slice(2)).toEqual([
    'button 1 up',
    'key 97 up',
    'key 65507 down',
    'key 118 down',
    'wait 10',
    'key 65507 up',
    'key 118 up',
  ]);
  calls.length = 0;
  input.keyPress([0x61]);
  expect(calls).toEqual(['key 97 down', 'key 97 up']);
});

test('the wheel turns with Control locked where it is asked for', () => {
  const { input, calls } = recorded();
  input.scroll(1, -2, true);
  input.scroll(0, 3, false);
  expect(calls).toEqual(['lock 4', 'scroll 1 -2', 'unlock', 'scroll 0 3']);
});

test('a closed input watches no more', () => {
  const { input, isWaiting } = recorded();
  input.keyDown(0x61);
  input.close();
  expect(isWaiting()).toBe(false);
});
