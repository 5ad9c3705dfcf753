import { expect, test } from 'vitest';
import {
  OPEN_TIMEOUT_MS,
  type SessionInput,
  type SessionPolicyState,
  SIGNED_OUT,
  STALE_AFTER_MS,
  sessionDueAtMs,
  stepSession,
} from '../../../client/connection/session-policy.js';

type Event = readonly [nowMs: number, input: SessionInput | SessionInput['kind']];

/** Plays a script and returns the last state's kind and every effect with its time. */
function play(script: readonly Event[], from: SessionPolicyState = SIGNED_OUT): { state: SessionPolicyState; effects: string[] } {
  let state = from;
  const effects: string[] = [];
  for (const [nowMs, input] of script) {
    const [next, made] = stepSession(state, typeof input === 'string' ? simple(input) : input, nowMs);
    state = next;
    for (const effect of made) effects.push(`${nowMs} ${effect}`);
  }
  return { state, effects };
}

function simple(kind: SessionInput['kind']): SessionInput {
  switch (kind) {
    case 'disconnect':
      return { kind, message: 'session not found', canSignInAgain: false };
    case 'no-token':
      return { kind, notice: null };
    case 'login':
      return { kind, byUser: true };
    case 'login-refused':
      return { kind, notice: 'no' };
    default:
      return { kind };
  }
}

const live: Event[] = [
  [0, 'token'],
  [20, 'welcome'],
];

test.each<readonly [string, Event[], SessionPolicyState['kind'], string[]]>([
  ['a token opens the socket at once', [[0, 'token']], 'opening', ['0 open-socket']],
  ['system/init makes it live', live, 'live', ['0 open-socket']],
  ['messages keep it alive', [...live, [10_000, 'message'], [20_000, 'tick']], 'live', ['0 open-socket']],
  [
    'silence of 12.5 s means that nobody is there',
    [...live, [20 + STALE_AFTER_MS, 'tick']],
    'waiting',
    ['0 open-socket', '12520 close-socket'],
  ],
  ['a tick too early changes nothing', [...live, [12_000, 'tick']], 'live', ['0 open-socket']],
  [
    'a first attempt that fails at once is repeated after 250 ms: a network that has just come may lack a route',
    [
      [0, 'token'],
      [10, 'closed'],
      [259, 'tick'],
      [260, 'tick'],
    ],
    'opening',
    ['0 open-socket', '260 open-socket'],
  ],
  [
    'a lost socket is opened again after 250 ms',
    [...live, [100, 'closed'], [349, 'tick'], [350, 'tick']],
    'opening',
    ['0 open-socket', '350 open-socket'],
  ],
  [
    'an attempt without an answer ends after 4 s',
    [
      [0, 'token'],
      [OPEN_TIMEOUT_MS, 'tick'],
    ],
    'waiting',
    ['0 open-socket', '4000 close-socket'],
  ],
  [
    'a network that is back replaces a live socket',
    [...live, [100, 'network-back']],
    'opening',
    ['0 open-socket', '100 close-socket', '100 open-socket'],
  ],
  [
    'a network that is back ends the waiting',
    [...live, [100, 'closed'], [101, 'network-back']],
    'opening',
    ['0 open-socket', '101 open-socket'],
  ],
  [
    'a refused token asks the user',
    [
      [0, 'token'],
      [20, 'disconnect'],
    ],
    'signed-out',
    ['0 open-socket', '20 forget-token', '20 close-socket'],
  ],
  [
    'signing out forgets the token',
    [...live, [30, 'sign-out']],
    'signed-out',
    ['0 open-socket', '30 forget-token', '30 close-socket'],
  ],
  [
    'what happens after signing out changes nothing',
    [...live, [30, 'sign-out'], [31, 'closed'], [32, 'tick'], [33, 'network-back']],
    'signed-out',
    ['0 open-socket', '30 forget-token', '30 close-socket'],
  ],
])('%s', (_rule, script, kind, effects) => {
  const played = play(script);
  expect(played.state.kind).toBe(kind);
  expect(played.effects).toEqual(effects);
});

test('a server that was restarted without its sessions is joined again with the credentials still in memory', () => {
  const { state, effects } = play([
    ...live,
    [100, { kind: 'disconnect', message: 'connection shutdown', canSignInAgain: true }],
    [600, 'tick'],
    [610, 'closed'],
    [1_110, 'tick'],
    [1_120, { kind: 'disconnect', message: 'session not found', canSignInAgain: true }],
    [1_130, 'login-unreachable'],
    [1_630, 'tick'],
    [1_640, 'token'],
    [1_650, 'welcome'],
  ]);
  expect(state).toEqual({ kind: 'live', lastMessageMs: 1_650 });
  expect(effects).toEqual([
    '0 open-socket',
    '100 close-socket',
    '600 open-socket',
    '1110 open-socket',
    '1120 close-socket',
    '1120 login',
    '1630 login',
    '1640 open-socket',
  ]);
});

test('through an outage of 30 s it goes on trying, and never waits longer than 2 s', () => {
  let { state } = play([...live, [100, 'closed']]);
  for (let nowMs = 100; nowMs < 30_000; ) {
    const dueMs = sessionDueAtMs(state);
    expect(dueMs).not.toBeNull();
    expect((dueMs ?? 0) - nowMs).toBeLessThanOrEqual(state.kind === 'opening' ? OPEN_TIMEOUT_MS : 2_000);
    nowMs = dueMs ?? 30_000;
    [state] = stepSession(state, { kind: 'tick' }, nowMs);
  }
  expect(['opening', 'waiting']).toContain(state.kind);
  expect(state).toMatchObject({ again: true });
});

test.each([
  ['session disconnected', 'ended'],
  ['connection replaced', 'ended'],
  ['you are banned', 'ended'],
  ['session expired', 'signed-out'],
  ['profile changed', 'ended'],
  ['session deleted', 'ended'],
  ['session login disabled', 'ended'],
  ['connection disabled', 'ended'],
  ['already connected', 'waiting'],
  ['connection shutdown', 'waiting'],
  ['no authentication provided', 'signed-out'],
  ['something new', 'ended'],
])('system/disconnect "%s" leads to %s', (message, kind) => {
  const { state } = play([...live, [50, { kind: 'disconnect', message, canSignInAgain: false }], [51, 'closed']]);
  expect(state.kind).toBe(kind);
});
