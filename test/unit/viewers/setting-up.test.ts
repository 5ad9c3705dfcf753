import { expect, test } from 'vitest';
import { type Arrival, whoGivesWay } from '../../../server/viewers/setting-up.js';

const arrival = (name: string, network: string, progress: Arrival['progress']) => ({ name, network, progress });

test.each([
  ['nobody, where all are connected', [['a', 'x', 'connected']], undefined],
  ['nobody, where there is nobody', [], undefined],
  [
    'the oldest unanswered one, before an older answered one',
    [
      ['a', 'x', 'answered'],
      ['b', 'x', 'offered'],
      ['c', 'x', 'offered'],
    ],
    'b',
  ],
  [
    'an answered one, where there is no other',
    [
      ['a', 'x', 'connected'],
      ['b', 'x', 'answered'],
    ],
    'b',
  ],
  [
    'one of the network that has most of them, although another has older ones',
    [
      ['a', 'x', 'offered'],
      ['b', 'y', 'offered'],
      ['c', 'y', 'offered'],
      ['d', 'x', 'connected'],
      ['e', 'x', 'connected'],
    ],
    'b',
  ],
  [
    'answered ones of the greedy network before unanswered ones of others',
    [
      ['a', 'x', 'offered'],
      ['b', 'y', 'answered'],
      ['c', 'y', 'answered'],
    ],
    'b',
  ],
] as const)('VW11 %s gives way', (_name, arrivals, expected) => {
  expect(whoGivesWay(arrivals.map(([name, network, progress]) => arrival(name, network, progress)))?.name).toBe(expected);
});
