import { beforeEach, expect, test, vi } from 'vitest';
import { NEW_MEMBER_PROFILE } from '../../../server/protocol/events/profile.js';
import { step } from '../../../server/room/room.js';
import { startingRoom } from '../../../server/room/room-state.js';
import { tokenDigest } from '../../../server/room/store/token-digest.js';
import { actorOf, apiTokenDigest, newToken } from '../../../server/signaling/http/access/credentials.js';
import { DEFAULT_SETTINGS } from '../../support/default-settings.js';
import { ENDLESS, loginOf } from '../../support/sessions.js';

const counted = vi.hoisted(() => ({ hashes: 0 }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const createHash: typeof crypto.createHash = (...args) => {
    counted.hashes += 1;
    return crypto.createHash(...args);
  };
  return { ...crypto, createHash };
});
beforeEach(() => {
  counted.hashes = 0;
});

function roomOf(count: number) {
  const saved = Array.from({ length: count }, (_, index) => ({
    ...loginOf(`s${index}`, NEW_MEMBER_PROFILE),
    createdMs: 0,
    usedMs: 0,
  }));
  return startingRoom({ settings: DEFAULT_SETTINGS, rules: ENDLESS, saved, nowMs: 0 });
}

test('one digest finds the session, or finds none, however many sessions there are', () => {
  const room = roomOf(5_000);
  const api = apiTokenDigest('the API token');
  for (const [token, found] of [
    ['token of s0', { kind: 'session', id: 's0' }],
    ['token of s4999', { kind: 'session', id: 's4999' }],
    ['the API token', { kind: 'api' }],
    ['nobody', null],
  ] as const) {
    counted.hashes = 0;
    expect(actorOf(room, token, api)).toEqual(found);
    expect(counted.hashes).toBe(1);
  }
});

test('no API token, and no token at all, is nobody', () => {
  const room = roomOf(1);
  expect([actorOf(room, '', apiTokenDigest('')), actorOf(room, 'x', apiTokenDigest(''))]).toEqual([null, null]);
});

test('a token of 4,096 characters is looked up, a longer one costs no digest', () => {
  const room = roomOf(1);
  const api = apiTokenDigest('x'.repeat(4_096));
  expect(actorOf(room, 'x'.repeat(4_096), api)).toEqual({ kind: 'api' });
  counted.hashes = 0;
  expect(actorOf(room, 'x'.repeat(4_097), api)).toBeNull();
  expect(counted.hashes).toBe(0);
});

test('a token dies with its session and with the next login', () => {
  let room = roomOf(1);
  const login = (token: string) => {
    room = step(room, { kind: 'login', session: loginOf('bob', NEW_MEMBER_PROFILE, token) }, 0).state;
  };
  login('first');
  login('second');
  expect([actorOf(room, 'first', null), actorOf(room, 'second', null)]).toEqual([null, { kind: 'session', id: 'bob' }]);
  room = step(room, { kind: 'delete-session', id: 'bob' }, 0).state;
  expect(actorOf(room, 'second', null)).toBeNull();
  expect([...room.idsByToken.keys()]).toEqual([tokenDigest('token of s0')]);
});

test('tokens are 64 characters of the alphabet, never the same twice', () => {
  const tokens = Array.from({ length: 100 }, newToken);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{64}$/);
  expect(new Set(tokens).size).toBe(100);
});
