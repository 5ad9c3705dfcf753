import { expect, test } from 'vitest';
import { KeyframeNeed } from '../../../server/media/egress/keyframe-need.js';

/** What a viewer is sent that asks at 5 s, after these events. */
function answer(events: readonly (readonly [atMs: number, event: 'keyframeLeft' | 'arrived' | 'lost' | 'asks'])[]): string {
  const need = new KeyframeNeed();
  for (const [atMs, event] of events) need[event](atMs);
  return need.asks(5_000);
}

test.each([
  ['nothing was sent yet', [], 'keyframe'],
  [
    'nothing was heard since the keyframe',
    [
      [1_000, 'arrived'],
      [2_000, 'keyframeLeft'],
    ],
    'keyframe',
  ],
  [
    'everything arrived',
    [
      [1_000, 'keyframeLeft'],
      [1_100, 'arrived'],
    ],
    'picture',
  ],
  [
    'something was lost since',
    [
      [1_000, 'keyframeLeft'],
      [1_100, 'arrived'],
      [1_200, 'lost'],
      [1_300, 'arrived'],
    ],
    'keyframe',
  ],
  [
    'something was lost before',
    [
      [900, 'lost'],
      [1_000, 'keyframeLeft'],
      [1_100, 'arrived'],
    ],
    'picture',
  ],
  [
    'it has asked just now',
    [
      [1_000, 'keyframeLeft'],
      [1_100, 'arrived'],
      [3_600, 'asks'],
    ],
    'keyframe',
  ],
  [
    'it asked a while ago',
    [
      [1_000, 'keyframeLeft'],
      [1_100, 'arrived'],
      [3_400, 'asks'],
    ],
    'picture',
  ],
] as const)('RC2 who asks for a keyframe: %s', (_name, events, expected) => {
  expect(answer(events)).toBe(expected);
});
