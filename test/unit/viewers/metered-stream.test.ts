import { expect, test } from 'vitest';
import type { RtpListener } from '../../../server/capture/streams/encoded-stream.js';
import { meterStream } from '../../../server/viewers/video/metered-stream.js';

test('the rate is that of the last complete second, and 0 once nothing comes', () => {
  let nowMs = 0;
  let source: RtpListener | undefined;
  const stream = meterStream(
    {
      id: 'main',
      kind: 'video',
      codec: 'vp8',
      requestKeyframe: () => {},
      requestPicture: () => {},
      listen(listener) {
        source = listener;
        return () => {};
      },
    },
    { nowMs: () => nowMs, after: () => () => {} },
  );
  const heard: number[] = [];
  stream.listen({ packets: (batch) => heard.push(batch.length), restarted: () => {} });
  nowMs = 1000;
  source?.packets([Buffer.alloc(100), Buffer.alloc(150)]);
  expect(stream.bitrateBps()).toBe(0);
  nowMs = 2100;
  expect(stream.bitrateBps()).toBe(2000);
  nowMs = 4000;
  expect(stream.bitrateBps()).toBe(0);
  expect(heard).toEqual([2]);
  expect(stream.peakBitrateBps()).toBe(2000);
});
