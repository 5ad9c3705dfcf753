import { expect, test } from 'vitest';
import { CursorStart } from '../../../server/viewers/cursor/cursor-start.js';

/** A cursor at 1,1 that is at 2,2 when asked for the second time, and what a viewer got. */
function fixture() {
  let asked = 0;
  const start = new CursorStart(async () => {
    asked++;
    return { x: asked, y: asked };
  });
  return { start, asked: () => asked };
}

const opened = (start: CursorStart) => new Promise((resolve) => start.open(resolve));

test('the place that was asked for while the channel was set up is the one that is sent', async () => {
  const { start, asked } = fixture();
  start.ask();
  expect(await opened(start)).toEqual({ x: 1, y: 1 });
  expect(asked()).toBe(1);
});

test('a move that the channel could not carry yet makes it ask again; one that it could does not', async () => {
  const { start, asked } = fixture();
  start.ask();
  start.moved();
  expect(await opened(start)).toEqual({ x: 2, y: 2 });
  start.moved();
  expect(asked()).toBe(2);
});

test('a viewer in control is sent no place', async () => {
  const sent: unknown[] = [];
  const start = new CursorStart(async () => undefined);
  start.ask();
  start.open((position) => sent.push(position));
  await Promise.resolve();
  expect(sent).toEqual([]);
});
