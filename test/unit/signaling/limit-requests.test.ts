import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { limitRequests } from '../../../server/signaling/http/rates/limit-requests.js';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

const { strangerBurst, strangerRate, sessionBurst, sessionRate } = HTTP_LIMITS;
const { sharedBurst, sharedRate, ownBurst, ownRate } = HTTP_LIMITS;

test.each([
  ['an address without a token', null, strangerBurst.value, strangerRate.value],
  ['a session', { kind: 'session', id: 'ann' } as const, sessionBurst.value, sessionRate.value],
  ['the API token', { kind: 'api' } as const, sessionBurst.value, sessionRate.value],
])('%s has its requests at once and then so many a second, and no other pays for it', async (_who, actor, burst, perSecond) => {
  const clock = new SteppedClock();
  const app = Fastify();
  onTestFinished(() => app.close());
  let caller = { address: '192.0.2.1', actor: actor as object | null };
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => void Object.assign(request, { caller }));
  limitRequests(app, clock);
  app.get('/', () => 'served');
  const status = async () => (await app.inject('/')).statusCode;
  const served = async (asked: number) => {
    let count = 0;
    for (let left = asked; left > 0; left -= 1) if ((await status()) === 200) count += 1;
    return count;
  };
  expect(await served(burst)).toBe(burst);
  expect(await status()).not.toBe(200);
  clock.advance(1_000);
  expect(await served(perSecond + 5)).toBe(perSecond);
  caller = { address: '192.0.2.2', actor: actor === null ? null : { kind: 'session', id: 'ben' } };
  expect(await status()).toBe(200);
});

test('all sessions of one address share a sum, each has a part of its own, and another address has its own sum', async () => {
  const clock = new SteppedClock();
  const app = Fastify();
  onTestFinished(() => app.close());
  let caller = { address: '', actor: {} };
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => void Object.assign(request, { caller }));
  limitRequests(app, clock);
  app.get('/', () => 'served');
  const served = async (id: string, asked: number, address = '192.0.2.1') => {
    caller = { address, actor: { kind: 'session', id } };
    let count = 0;
    for (let left = asked; left > 0; left -= 1) if ((await app.inject('/')).statusCode === 200) count += 1;
    return count;
  };
  expect(await served('ann', sessionBurst.value)).toBe(sessionBurst.value);
  const left = sharedBurst.value + ownBurst.value - sessionBurst.value;
  expect(await served('ben', 200)).toBe(left + ownBurst.value);
  expect(await served('cat', 200)).toBe(ownBurst.value);
  clock.advance(1_000);
  expect(await served('ben', sessionRate.value + 200)).toBe(sharedRate.value + ownRate.value);
  expect(await served('cat', 50)).toBe(ownRate.value);
  expect(await served('cat', 200, '192.0.2.2')).toBe(200);
});
