import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { trustedPeers } from '../../../server/signaling/client-address.js';
import { AnswerPace } from '../../../server/signaling/http/answer-pace.js';
import { ConnectionGate } from '../../../server/signaling/http/connection-gate.js';
import { connectionsInAll } from '../../../server/signaling/http/open-files.js';
import { RequestRate } from '../../../server/signaling/http/request-rate.js';
import { HTTP_LIMITS } from '../../../server/signaling/limits.js';

class FakeSocket extends EventEmitter {
  static #ports = 0;
  readonly remotePort = ++FakeSocket.#ports;
  destroyed = false;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const socket = (address: string) => new FakeSocket(address) as FakeSocket & Socket;

function open({ perAddress = 2, inAll = 5 } = {}) {
  const refused: string[] = [];
  const gate = new ConnectionGate({
    perAddress,
    inAll,
    trusts: trustedPeers(['10.0.0.1']),
    refused: (address) => void refused.push(address),
  });
  return { gate, refused };
}

test('an address has its share of connections, and gets it back when they close; others have theirs', () => {
  const { gate, refused } = open();
  const [first, second, third, other] = [socket('192.0.2.1'), socket('192.0.2.1'), socket('192.0.2.1'), socket('192.0.2.2')];
  expect([first, second, third, other].map((each) => gate.admit(each))).toEqual([true, true, false, true]);
  expect([third.destroyed, refused, gate.size]).toEqual([true, ['192.0.2.1'], 3]);
  first.destroy();
  expect([gate.admit(socket('192.0.2.1')), gate.size]).toEqual([true, 3]);
});

test('IPv6 clients share by network; a trusted proxy has no share of its own, but the whole is bounded', () => {
  const { gate } = open();
  expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => gate.admit(socket(address)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(Array.from({ length: 4 }, () => gate.admit(socket('10.0.0.1')))).toEqual([true, true, true, false]);
});

test('an idle connection makes room for a new one of its address, one with a request or a WebSocket does not', () => {
  const { gate } = open();
  const [idle, busy] = [socket('192.0.2.1'), socket('192.0.2.1')];
  for (const each of [idle, busy]) {
    gate.admit(each);
    gate.requested(each);
  }
  gate.answered(idle);
  expect([gate.admit(socket('192.0.2.1')), idle.destroyed, busy.destroyed]).toEqual([true, true, false]);
  expect([gate.admit(socket('192.0.2.1')), gate.size]).toEqual([false, 2]);
});

test('what went to ICE counts no longer, and one connection is counted once', () => {
  const { gate } = open();
  const ice = socket('192.0.2.1');
  expect([gate.admit(ice), gate.admit(ice), gate.size]).toEqual([true, true, 1]);
  gate.release(ice);
  expect(gate.size).toBe(0);
  ice.destroy();
  expect(gate.size).toBe(0);
});

test('so many requests wait on one connection, and no more', () => {
  const { gate } = open();
  const one = socket('192.0.2.1');
  gate.admit(one);
  const allowed = Array.from({ length: HTTP_LIMITS.unanswered.value + 1 }, () => gate.requested(one));
  expect(allowed).toEqual([...Array.from({ length: HTTP_LIMITS.unanswered.value }, () => true), false]);
});

test('connections leave descriptors for everything else', () => {
  const limits = (count: string) =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${count}    ${count}   files\n`;
  expect([limits('1024'), limits('1048576'), limits('unlimited'), ''].map((text) => connectionsInAll(text))).toEqual([
    512, 4_096, 4_096, 4_096,
  ]);
});

test('requests: a burst, then so many a second, each caller for itself', () => {
  const rate = new RequestRate(10);
  const take = (caller: string, nowMs: number) => rate.take(caller, { burst: 3, perSecond: 2 }, nowMs);
  expect([take('a', 0), take('a', 0), take('a', 0), take('a', 0), take('b', 0)]).toEqual([0, 0, 0, 500, 0]);
  expect([take('a', 499), take('a', 500), take('a', 500)]).toEqual([expect.closeTo(1, 5), 0, 500]);
  expect(Array.from({ length: 4 }, () => take('a', 60_000))).toEqual([0, 0, 0, 500]);
});

test('the longest silent caller is forgotten first', () => {
  const rate = new RequestRate(2);
  const take = (caller: string) => rate.take(caller, { burst: 1, perSecond: 1 }, 0);
  expect([take('a'), take('b'), take('a'), take('c'), take('b'), take('b')]).toEqual([0, 0, 1_000, 0, 0, 1_000]);
});

test('behind by as much as the limit is fine, by a byte more is too slow; what was taken or does not wait counts', () => {
  const { answerTime, answerPace } = HTTP_LIMITS;
  const start = { taken: 1_000, waiting: 9 };
  const pace = () => new AnswerPace(start, 0);
  expect(pace().isTooSlow(start, answerTime.value)).toBe(false);
  expect(pace().isTooSlow(start, answerTime.value + 1)).toBe(true);
  const moving = pace();
  for (let second = 1; second <= 600; second += 1) {
    const taking = { taken: 1_000 + second * answerPace.value, waiting: 9 };
    expect(moving.isTooSlow(taking, second * 1_000)).toBe(false);
  }
  expect(moving.isTooSlow({ taken: 1_000 + 600 * answerPace.value, waiting: 9 }, 600_000 + answerTime.value)).toBe(false);
  expect(moving.isTooSlow({ taken: 1_000 + 600 * answerPace.value, waiting: 9 }, 600_001 + answerTime.value)).toBe(true);
  const ours = pace();
  expect(ours.isTooSlow({ taken: 1_000, waiting: 0 }, 500_000), 'nothing was there to be taken').toBe(false);
  expect(ours.isTooSlow(start, 500_000 + answerTime.value)).toBe(false);
  const fast = pace();
  expect(fast.isTooSlow({ taken: 1e9, waiting: 9 }, 1_000), 'nothing is saved up').toBe(false);
  expect(fast.isTooSlow({ taken: 1e9, waiting: 9 }, 1_001 + answerTime.value)).toBe(true);
});
