import { expect, test } from 'vitest';
import { LOGIN_LIMITS } from '../../../server/signaling/limits.js';
import { FailureMemory } from '../../../server/signaling/login/failures.js';
import { LoginThrottle } from '../../../server/signaling/login/login-throttle.js';

/** The passwords of a room with two accounts. */
const RIGHT: Readonly<Record<string, string>> = { boss: 'boss-pw', ann: 'ann-pw' };

/** A throttle that a test plays a script on: `in` and `no` for passwords that were checked, else the seconds to wait. */
class Scripted {
  readonly throttle = new LoginThrottle();
  nowMs = 0;

  try(network: string, username: string, password = RIGHT[username]): string {
    const attempt = { network, username };
    const verdict = this.throttle.verdict(attempt, this.nowMs);
    if (verdict.kind === 'wait') return `wait ${Math.ceil(verdict.waitMs / 1_000)}`;
    const isRight = RIGHT[username] === password;
    if (isRight && this.throttle.succeeded(attempt, username === 'boss', verdict.kind, this.nowMs)) return 'in';
    this.throttle.failed(attempt, verdict.kind, this.nowMs);
    return 'no';
  }

  guess(times: number, network: string, username: string): string[] {
    return Array.from({ length: times }, (_, index) => this.try(network, username, `guess ${index}`));
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }
}

test('L1 five guesses are free, the sixth waits a second, then two, up to a minute', () => {
  const room = new Scripted();
  expect(room.guess(6, 'evil', 'boss')).toEqual(['no', 'no', 'no', 'no', 'no', 'wait 1']);
  const waits = Array.from({ length: 8 }, () => {
    const wait = room.try('evil', 'boss', 'x');
    room.after(Number(wait.slice(5)) * 1_000);
    expect(room.try('evil', 'boss', 'x')).toBe('no');
    return wait;
  });
  expect(waits).toEqual(['wait 1', 'wait 2', 'wait 4', 'wait 8', 'wait 16', 'wait 32', 'wait 60', 'wait 60']);
});

test('L1 a wait ends on the millisecond, and ten quiet minutes heal', () => {
  const room = new Scripted();
  room.guess(5, 'evil', 'boss');
  expect(room.after(999).try('evil', 'boss', 'x')).toBe('wait 1');
  expect(room.after(1).try('evil', 'boss', 'x')).toBe('no');
  expect(room.after(599_999).guess(2, 'evil', 'boss')).toEqual(['no', 'wait 4']);
  expect(room.after(600_000).guess(6, 'evil', 'boss')).toEqual(['no', 'no', 'no', 'no', 'no', 'wait 1']);
});

test('L2 a wrong password a minute, or a thousand a second, keeps no owner out, known or not', () => {
  const room = new Scripted();
  expect(room.try('home', 'boss')).toBe('in');
  for (let minute = 0; minute < 60; minute += 1) room.after(60_000).guess(1, 'evil', 'boss');
  for (let network = 0; network < 1_000; network += 1) room.guess(5, `bot ${network}`, 'boss');
  expect([room.try('home', 'boss'), room.try('hotel', 'boss')]).toEqual(['in', 'in']);
});

test('L3 known accounts get in from a network that waits, others do not, with a right password either', () => {
  const room = new Scripted();
  room.try('office', 'boss');
  room.guess(20, 'office', 'ann');
  expect([room.try('office', 'boss'), room.try('office', 'ann')]).toEqual(['in', 'wait 1']);
});

test('L3 guesses at a known account are slowed down on their own', () => {
  const room = new Scripted();
  room.try('office', 'boss');
  room.guess(5, 'office', 'ann');
  expect(room.guess(6, 'office', 'boss')).toEqual(['no', 'no', 'no', 'no', 'no', 'wait 1']);
  expect(room.after(1_000).try('office', 'boss')).toBe('in');
});

test('L3 where one password per role lets any name in, the name of a guest does not open the way to the other role', () => {
  const throttle = new LoginThrottle();
  const guest = { network: 'evil', username: 'guest' };
  expect(throttle.succeeded(guest, false, 'open', 0)).toBe(true);
  for (let count = 0; count < 5; count += 1) throttle.failed(guest, 'open', 0);
  expect(throttle.verdict(guest, 0).kind).toBe('known-only');
  expect(throttle.succeeded(guest, true, 'known-only', 0)).toBe(false);
  expect(throttle.succeeded(guest, false, 'known-only', 0)).toBe(true);
});

test('L3 many names of one guest give no more guesses than one', () => {
  const throttle = new LoginThrottle();
  const names = Array.from({ length: 50 }, (_, index) => ({ network: 'evil', username: `guest ${index}` }));
  for (const name of names) throttle.succeeded(name, false, 'open', 0);
  for (let count = 0; count < 5; count += 1) throttle.failed(names[0]!, 'open', 0);
  const checked = names.filter((name) => {
    const { kind } = throttle.verdict(name, 0);
    if (kind === 'known-only') throttle.failed(name, kind, 0);
    return kind === 'known-only';
  });
  expect(checked).toHaveLength(5);
});

test('L3 what was good is forgotten after 30 days', () => {
  const throttle = new LoginThrottle();
  const attempt = { network: 'home', username: 'boss' };
  const day = 24 * 3_600_000;
  throttle.succeeded(attempt, true, 'open', 0);
  for (let count = 0; count < 5; count += 1) throttle.failed(attempt, 'open', 30 * day - 10);
  expect(throttle.verdict(attempt, 30 * day - 1).kind).toBe('known-only');
  expect(throttle.verdict(attempt, 30 * day).kind).toBe('wait');
});

test('L4 a right password in between does not clear the network', () => {
  const room = new Scripted();
  room.guess(4, 'evil', 'boss');
  expect(room.try('evil', 'ann')).toBe('in');
  expect(room.guess(2, 'evil', 'boss')).toEqual(['no', 'wait 1']);
});

test('L5 many guesses at a name make it slower, never more than two seconds, and not where it is known', () => {
  const room = new Scripted();
  const delay = (network: string, username = 'boss') => room.throttle.delayMs({ network, username }, room.nowMs);
  room.try('home', 'boss');
  for (let network = 0; network < 2; network += 1) room.guess(5, `bot ${network}`, 'boss');
  expect([delay('hotel'), delay('home'), delay('hotel', 'ann')]).toEqual([250, 0, 0]);
  room.guess(5, 'bot 3', 'boss');
  expect(delay('hotel')).toBe(2_000);
  room.guess(5, 'bot 4', 'boss');
  expect(delay('hotel')).toBe(2_000);
  room.after(600_000);
  expect(delay('hotel')).toBe(0);
});

test('L5 nine guesses at a name cost its owner nothing', () => {
  const room = new Scripted();
  room.guess(5, 'bot 1', 'boss');
  room.guess(4, 'bot 2', 'boss');
  expect(room.throttle.delayMs({ network: 'hotel', username: 'boss' }, 0)).toBe(0);
});

test('L6 at the bound everything is remembered, one more and the longest silent is forgotten', () => {
  const policy = { free: 1, firstWaitMs: 1_000, longestWaitMs: 1_000, forgetMs: 60_000, remembered: 3 };
  const memory = new FailureMemory(policy);
  for (const key of ['a', 'b', 'c', 'a']) memory.add(key, 0);
  expect(['a', 'b', 'c'].map((key) => memory.leftMs(key, 0))).toEqual([1_000, 1_000, 1_000]);
  memory.add('d', 0);
  expect(['a', 'b', 'c', 'd'].map((key) => memory.leftMs(key, 0))).toEqual([1_000, 0, 1_000, 1_000]);
});

test('L6 good accounts are bounded as well', () => {
  const throttle = new LoginThrottle();
  const at = (index: number) => ({ network: `n ${index}`, username: 'ann' });
  for (let index = 0; index <= LOGIN_LIMITS.remembered.value; index += 1) throttle.succeeded(at(index), false, 'open', 0);
  for (const index of [0, 1]) for (let count = 0; count < 5; count += 1) throttle.failed(at(index), 'open', 0);
  expect([throttle.verdict(at(0), 0).kind, throttle.verdict(at(1), 0).kind]).toEqual(['wait', 'known-only']);
});
