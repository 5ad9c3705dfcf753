import { expect, test } from 'vitest';
import { type CaptureStatus, pictureProblem } from '../../../server/capture/capture-status.js';

const degraded = (...about: string[]): CaptureStatus => ({
  kind: 'degraded',
  problems: about.map((each) => ({ about: each, reason: 'broken' })),
});

test.each<[string, CaptureStatus, boolean]>([
  ['not yet', { kind: 'starting' }, false],
  ['all well', { kind: 'healthy' }, true],
  ['no sound', degraded('audio'), true],
  ['another rung is broken', degraded('lq', 'audio'), true],
  ['the picture itself is broken', degraded('main'), false],
  ['no worker', degraded('worker', 'audio'), false],
  ['no display', degraded('display'), false],
  ['over', { kind: 'closed' }, false],
])('a viewer gets a picture: %s', (_name, status, expected) => {
  expect(pictureProblem(status, 'main') === undefined).toBe(expected);
});
