import { expect, test } from 'vitest';
import { decodeChannelMessage } from '../../../server/protocol/channel/datachannel.js';
import { CursorBroadcast, type CursorShape } from '../../../server/viewers/cursor/cursor-broadcast.js';
import type { ScreenPosition } from '../../../server/viewers/cursor/cursor-start.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { waitFor } from '../../support/wait-for.js';

const ARROW: CursorShape = { width: 2, height: 3, hotspotX: 1, hotspotY: 0, png: Uint8Array.of(1, 2, 3) };

/** A desktop whose X server answers when it is let, and what each viewer was sent. */
class Desk {
  readonly clock = new SteppedClock();
  image: CursorShape | undefined = ARROW;
  readonly inControl = new Set<string>();
  readonly #answers: (() => void)[] = [];
  #changed: (image: CursorShape) => void = () => undefined;
  readonly broadcast = new CursorBroadcast(
    {
      image: () => this.image,
      position: (id) =>
        new Promise<ScreenPosition | undefined>((resolve) =>
          this.#answers.push(() => resolve(this.inControl.has(id) ? undefined : { x: 5, y: 6 })),
        ),
      onImage: (listener) => {
        this.#changed = listener;
        return () => undefined;
      },
    },
    this.clock,
  );

  join(id: string) {
    const got: Buffer[] = [];
    const atMs: number[] = [];
    const audience = this.broadcast.join(id, (message) => {
      got.push(message);
      atMs.push(this.clock.nowMs());
    });
    return { ...audience, got, atMs, positions: () => positionsIn(got) };
  }

  show(image: CursorShape): void {
    this.image = image;
    this.#changed(image);
  }

  answer(): void {
    for (const answer of this.#answers.splice(0)) answer();
  }
}

function positionsIn(messages: readonly Buffer[]): ScreenPosition[] {
  return messages.flatMap((bytes) => {
    const message = decodeChannelMessage(bytes);
    return message.ok && message.value.kind === 'cursor-position' ? [{ x: message.value.x, y: message.value.y }] : [];
  });
}

test('VW1 all viewers get the same bytes of a shape and of a position, those who come later too', () => {
  const desk = new Desk();
  const [first, second] = [desk.join('first'), desk.join('second')];
  for (const viewer of [first, second]) viewer.start();
  const hand = { ...ARROW, png: Buffer.of(9) };
  desk.show(hand);
  desk.broadcast.moved({ x: 7, y: 8, by: 'host' });
  expect(first.got).toHaveLength(3);
  for (const [index, message] of first.got.entries()) expect(second.got[index]).toBe(message);
  const late = desk.join('late');
  late.start();
  expect(late.got[0]).toBe(first.got[1]);
  expect(decodeChannelMessage(late.got[0] ?? Buffer.alloc(0))).toMatchObject({
    ok: true,
    value: { kind: 'cursor-image', ...hand },
  });
});

test.each([59, 61, 125, 1_000])('VW2 of %i positions a second at most 60 are sent, the last one always', (perSecond) => {
  const desk = new Desk();
  const viewer = desk.join('viewer');
  for (let index = 1; index <= 3 * perSecond; index++) {
    desk.clock.advance(1_000 / perSecond);
    desk.broadcast.moved({ x: index, y: 0, by: 'host' });
  }
  desk.clock.advance(17);
  const most = Math.max(...viewer.atMs.map((from) => viewer.atMs.filter((at) => at >= from && at < from + 999).length));
  expect(most).toBeLessThanOrEqual(60);
  expect(viewer.got.length).toBeGreaterThan(3 * Math.min(perSecond, 60) * 0.8);
  expect(viewer.positions().at(-1)).toEqual({ x: 3 * perSecond, y: 0 });
  const all = viewer.positions().map(({ x }) => x);
  expect(all, 'in order, none twice').toEqual([...new Set(all)].sort((a, b) => a - b));
});

test('VW2 what comes after a pause is sent at once', () => {
  const desk = new Desk();
  const viewer = desk.join('viewer');
  desk.broadcast.moved({ x: 1, y: 1, by: 'host' });
  desk.clock.advance(500);
  desk.broadcast.moved({ x: 2, y: 2, by: 'host' });
  expect(viewer.positions()).toHaveLength(2);
});

test('VW3 the shape comes first, then where the cursor was when the viewer was about to come', async () => {
  const desk = new Desk();
  const viewer = desk.join('viewer');
  viewer.prepare();
  desk.answer();
  viewer.start();
  await waitFor('the position', () => viewer.got.length === 2);
  expect(viewer.got.map(([opcode]) => opcode)).toEqual([2, 1]);
  expect(viewer.positions()).toEqual([{ x: 5, y: 6 }]);
});

test('VW3 an answer of X that is older than a move is not sent any more', async () => {
  const desk = new Desk();
  desk.image = undefined;
  const viewer = desk.join('viewer');
  viewer.start();
  desk.broadcast.moved({ x: 7, y: 8, by: 'host' });
  desk.answer();
  await new Promise(setImmediate);
  expect(viewer.positions()).toEqual([{ x: 7, y: 8 }]);
});

test('VW4 who moved the pointer is shown nothing, nor is a new viewer in control', async () => {
  const desk = new Desk();
  const [host, other] = [desk.join('host'), desk.join('other')];
  desk.broadcast.moved({ x: 1, y: 2, by: 'host' });
  expect([host.got, other.positions()]).toEqual([[], [{ x: 1, y: 2 }]]);
  desk.inControl.add('host');
  host.start();
  desk.answer();
  await new Promise(setImmediate);
  expect(host.positions()).toEqual([]);
});

test('a viewer who left is sent nothing, and nothing is sent once the broadcast is closed', () => {
  const desk = new Desk();
  const [gone, stays] = [desk.join('gone'), desk.join('stays')];
  gone.leave();
  desk.broadcast.moved({ x: 1, y: 1, by: 'host' });
  desk.broadcast.moved({ x: 2, y: 2, by: 'host' });
  desk.broadcast.close();
  desk.clock.advance(1_000);
  expect([gone.got.length, stays.positions()]).toEqual([0, [{ x: 1, y: 1 }]]);
});
