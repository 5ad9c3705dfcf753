import { expect, test } from 'vitest';
import { type Rung, type StreamQuery, selectStream } from '../../../server/viewers/video/select-stream.js';

const LADDER: Rung[] = [
  { id: 'hq', bitrateBps: 3_000_000, nominalBitrateBps: undefined },
  { id: 'mq', bitrateBps: 1_000_000, nominalBitrateBps: undefined },
  { id: 'lq', bitrateBps: 0, nominalBitrateBps: undefined },
];

test.each<[StreamQuery, string | undefined]>([
  [{ id: 'mq' }, 'mq'],
  [{ type: 'nearest', id: 'lq' }, 'lq'],
  [{ id: 'legacy' }, 'legacy'],
  [{ id: 'nope' }, undefined],
  [{ type: 'lower', id: 'hq' }, 'mq'],
  [{ type: 'lower', id: 'lq' }, undefined],
  [{ type: 'higher', id: 'mq' }, 'hq'],
  [{ type: 'higher', id: 'hq' }, undefined],
  [{ type: 'lower', id: 'legacy' }, undefined],
  [{ bitrate: 1_000_000 }, 'mq'],
  [{ bitrate: 2_000_000 }, undefined],
  [{ type: 'nearest', bitrate: 2_000_000 }, 'mq'],
  [{ type: 'nearest', bitrate: 500_000 }, 'mq'],
  [{ type: 'lower', bitrate: 5_000_000 }, 'mq'],
  [{ type: 'higher', bitrate: 1 }, 'hq'],
  [{ id: 'hq', bitrate: 1_000_000 }, 'hq'],
  [{}, undefined],
])('VW7 %o selects %s', (selector, expected) => {
  const selected = selectStream(selector, LADDER, ['legacy']);
  expect(selected.ok ? selected.value : undefined).toBe(expected);
});

test('VW7 with nothing running the nearest bitrate is the first of the list', () => {
  expect(
    selectStream({ type: 'nearest', bitrate: 1 }, [{ id: 'only', bitrateBps: 0, nominalBitrateBps: undefined }], []),
  ).toEqual({ ok: true, value: 'only' });
});
