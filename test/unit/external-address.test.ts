import { expect, test } from 'vitest';
import { retrieveExternalAddress } from '../../server/ice/candidates/external-address.js';
import { err, ok } from '../../server/lib/result.js';
import { silentLog } from '../support/silent-log.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('an address service that is not reached at boot is asked again, with growing pauses, until it answers', async () => {
  const delays: number[] = [];
  let next: (() => void) | undefined;
  const clock = {
    nowMs: () => 0,
    after: (delayMs: number, action: () => void) => {
      delays.push(delayMs);
      next = action;
      return () => undefined;
    },
  };
  let reached = false;
  const retrieval = retrieveExternalAddress(
    { nat1to1: [], ipRetrievalUrl: 'https://address.example' },
    { clock, log: silentLog, retrieve: async () => (reached ? ok('203.0.113.5') : err('no such name')) },
  );
  const late: string[] = [];
  expect(await retrieval.first).toBeUndefined();
  retrieval.onLate((address) => late.push(address));
  for (let tries = 0; tries < 3; tries += 1) {
    await settle();
    next?.();
  }
  await settle();
  expect([delays, late]).toEqual([[5_000, 10_000, 20_000, 40_000], []]);
  reached = true;
  next?.();
  await settle();
  expect([delays.length, late]).toEqual([4, ['203.0.113.5']]);
});
