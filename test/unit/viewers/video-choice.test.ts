import { expect, test } from 'vitest';
import {
  applyVideoRequest,
  type Streams,
  type VideoChoice,
  type VideoRequest,
} from '../../../server/viewers/video/video-choice.js';

const STREAMS: Streams = {
  ladder: [
    { id: 'hq', bitrateBps: 3_000_000, nominalBitrateBps: undefined },
    { id: 'lq', bitrateBps: 500_000, nominalBitrateBps: undefined },
  ],
  hidden: ['legacy'],
  autoAllowed: true,
};
const START: VideoChoice = { streamId: 'hq', disabled: false, auto: false };

test.each<[string, VideoRequest, Partial<VideoChoice>, boolean]>([
  ['nothing asked, nothing changed', {}, {}, true],
  ['null leaves everything', { disabled: null, selector: null, auto: null }, {}, true],
  ['a named stream', { selector: { id: 'lq' } }, { streamId: 'lq' }, true],
  ['a hidden stream by name', { selector: { id: 'legacy' } }, { streamId: 'legacy' }, true],
  [
    'disabled is applied before a selector fails',
    { disabled: true, selector: { id: 'x' }, auto: true },
    { disabled: true },
    false,
  ],
  ['auto where the server may switch', { auto: true }, { auto: true }, true],
])('VW6 %s', (_name, request, change, succeeds) => {
  const { choice, outcome } = applyVideoRequest(START, request, STREAMS);
  expect(choice).toEqual({ ...START, ...change });
  expect(outcome.ok).toBe(succeeds);
});

test('auto is refused in silence where no estimator may switch', () => {
  const { choice, outcome } = applyVideoRequest(START, { auto: true }, { ...STREAMS, autoAllowed: false });
  expect(choice.auto).toBe(false);
  expect(outcome.ok).toBe(true);
});
