import { expect, test } from 'vitest';
import {
  NO_PEER,
  type PeerInput,
  peerDueAtMs,
  REPAIR_MS,
  REQUEST_TIMEOUT_MS,
  SHAKY_MS,
  stepPeer,
} from '../../../client/connection/media/peer-policy.js';

type Event = readonly [
  nowMs: number,
  input:
    | PeerInput
    | 'socket-open'
    | 'socket-lost'
    | 'connected'
    | 'interrupted'
    | 'failed'
    | 'heard'
    | 'gone'
    | 'tick'
    | 'signed-out',
];

function play(script: readonly Event[]): { kind: string; effects: string[]; dueAtMs: number | null } {
  let state = NO_PEER;
  const effects: string[] = [];
  for (const [nowMs, input] of script) {
    const [next, made] = stepPeer(state, typeof input === 'string' ? { kind: input } : input, nowMs);
    state = next;
    for (const effect of made) effects.push(`${nowMs} ${effect}`);
  }
  return { kind: state.peer.kind, effects, dueAtMs: peerDueAtMs(state) };
}

const asked = ['0 drop', '0 request'];
const up: Event[] = [
  [0, 'socket-open'],
  [200, 'connected'],
];
const watching: PeerInput = { kind: 'server-view', watching: true, allowed: true };
const notWatching: PeerInput = { kind: 'server-view', watching: false, allowed: true };

test.each<readonly [string, Event[], string, string[]]>([
  ['a peer is asked for the moment the socket opens', [[0, 'socket-open']], 'requested', asked],
  [
    'a refused request is repeated after a wait',
    [
      [0, 'socket-open'],
      [100, { kind: 'refused', reason: 'all ports are taken' }],
      [600, 'tick'],
    ],
    'requested',
    [...asked, '100 drop', '600 drop', '600 request'],
  ],
  [
    'a refusal that comes late changes nothing',
    [
      [0, 'socket-open'],
      [200, 'connected'],
      [300, { kind: 'refused', reason: 'all ports are taken' }],
    ],
    'connected',
    asked,
  ],
  [
    'the first system/init does not ask again',
    [
      [0, 'socket-open'],
      [5, notWatching],
    ],
    'requested',
    asked,
  ],
  [
    'a peer survives the loss of its socket',
    [...up, [300, 'socket-lost'], [900, 'socket-open'], [910, watching]],
    'connected',
    asked,
  ],
  [
    'a server that knows nothing of the peer is asked at once',
    [...up, [300, 'socket-lost'], [900, 'socket-open'], [910, notWatching]],
    'requested',
    [...asked, '910 drop', '910 request'],
  ],
  [
    'an interruption that passes needs no repair',
    [...up, [300, 'interrupted'], [900, 'connected'], [5_000, 'tick']],
    'connected',
    asked,
  ],
  [
    'an interruption that stays is repaired by an ICE restart',
    [...up, [300, 'interrupted'], [300 + SHAKY_MS, 'tick']],
    'repairing',
    [...asked, '1800 restart'],
  ],
  [
    'a repair that fails is followed by a new peer',
    [...up, [0, 'interrupted'], [SHAKY_MS, 'tick'], [SHAKY_MS, 'heard'], [SHAKY_MS + REPAIR_MS, 'tick']],
    'requested',
    [...asked, '1500 restart', '7500 drop', '7500 request'],
  ],
  [
    'while the server is not heard, the network is away, and the peer is kept for its return',
    [...up, [0, 'interrupted'], [SHAKY_MS, 'tick'], [9_000, 'failed'], [20_000, 'tick'], [29_000, 'connected']],
    'connected',
    [...asked, '1500 restart'],
  ],
  [
    'the time of a repair counts from the first word of the server',
    [...up, [0, 'interrupted'], [SHAKY_MS, 'tick'], [20_000, 'heard'], [25_000, 'heard'], [25_999, 'tick'], [26_000, 'tick']],
    'requested',
    [...asked, '1500 restart', '26000 drop', '26000 request'],
  ],
  ['ICE that has failed is restarted at once', [...up, [300, 'failed']], 'repairing', [...asked, '300 restart']],
  [
    'ICE that has failed without a socket is restarted when there is one',
    [...up, [250, 'socket-lost'], [300, 'failed'], [900, 'socket-open']],
    'repairing',
    [...asked, '900 restart'],
  ],
  [
    'without a socket nothing is tried; its return repairs',
    [...up, [300, 'interrupted'], [301, 'socket-lost'], [9_000, 'tick'], [30_000, 'socket-open']],
    'repairing',
    [...asked, '30000 restart'],
  ],
  ['a peer that is gone is replaced at once', [...up, [300, 'gone']], 'requested', [...asked, '300 drop', '300 request']],
  [
    'a peer that fails while it is set up is asked for again after a moment',
    [
      [0, 'socket-open'],
      [100, 'gone'],
      [599, 'tick'],
      [600, 'tick'],
    ],
    'requested',
    [...asked, '100 drop', '600 drop', '600 request'],
  ],
  [
    'no answer within 10 s: ask again',
    [
      [0, 'socket-open'],
      [REQUEST_TIMEOUT_MS, 'tick'],
    ],
    'requested',
    [...asked, '10000 drop', '10000 request'],
  ],
  [
    'who may not watch asks for nothing',
    [
      [0, 'socket-open'],
      [5, { kind: 'server-view', watching: false, allowed: false }],
      [20_000, 'tick'],
    ],
    'none',
    [...asked, '5 drop'],
  ],
  [
    'who may watch later is shown the picture then',
    [
      [0, 'socket-open'],
      [5, { kind: 'allowed', allowed: false }],
      [50, { kind: 'allowed', allowed: true }],
    ],
    'requested',
    [...asked, '5 drop', '50 drop', '50 request'],
  ],
  ['signing out ends everything', [...up, [300, 'signed-out'], [301, 'gone'], [10_000, 'tick']], 'none', [...asked, '300 drop']],
])('%s', (_rule, script, kind, effects) => {
  const played = play(script);
  expect(played.kind).toBe(kind);
  expect(played.effects).toEqual(effects);
});

test('a peer that is up needs no timer, nor one without a socket', () => {
  expect(play(up).dueAtMs).toBeNull();
  expect(play([...up, [300, 'interrupted'], [301, 'socket-lost']]).dueAtMs).toBeNull();
});
