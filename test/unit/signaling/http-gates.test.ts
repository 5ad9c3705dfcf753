import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { trustedPeers } from '../../../server/signaling/http/access/client-address.js';
import { AnswerPace } from '../../../server/signaling/http/connections/answer-pace.js';
import { ConnectionGate } from '../../../server/signaling/http/connections/connection-gate.js';
import { connectionsInAll } from '../../../server/signaling/http/connections/open-files.js';
import { RequestRate } from '../../../server/signaling/http/rates/request-rate.js';
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
  const full: (string | null)[] = [];
  const gate = new ConnectionGate({
    perAddress,
    inAll,
    trusts: trustedPeers(['10.0.0.1']),
    refused: (address) => void refused.push(address),
    full: (_address, spared) => void full.push(spared),
  });
  const connect = (address: string, ...uses: readonly ('requested' | 'member' | 'socket' | 'answered')[]) => {
    const made = socket(address);
    gate.admit(made);
    for (const use of uses) {
      if (use === 'requested') gate.requested(made);
      else if (use === 'answered') gate.answered(made);
      else gate.signedIn(made, use);
    }
    return made;
  };
  return { gate, refused, full, connect };
}

const destroyed = (sockets: readonly FakeSocket[]) => sockets.map((each) => each.destroyed);
const IDLE = ['requested', 'answered'] as const;

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

test('when all connections are in use, the address with most gives up its longest idle one, and is named', () => {
  const { gate, full, connect } = open({ perAddress: 4, inAll: 6 });
  const few = connect('192.0.2.2', ...IDLE);
  const many = [connect('192.0.2.1'), ...Array.from({ length: 3 }, () => connect('192.0.2.1', ...IDLE))];
  const alone = connect('192.0.2.3', ...IDLE);
  gate.requested(many[1]!);
  gate.answered(many[1]!);
  expect([gate.admit(socket('192.0.2.4')), ...destroyed(many), few.destroyed]).toEqual([true, false, false, true, false, false]);
  expect([gate.admit(socket('192.0.2.5')), gate.admit(socket('192.0.2.6'))]).toEqual([true, true]);
  expect([...destroyed(many), few.destroyed, alone.destroyed]).toEqual([false, true, true, true, false, false]);
  expect([full, gate.size]).toEqual([['192.0.2.1', '192.0.2.1', '192.0.2.1'], 6]);
});

test('idle connections are given up first, then new ones, then those of strangers; one who has most gives for himself alone', () => {
  const { gate, full, connect } = open({ perAddress: 9, inAll: 5 });
  const [member, stranger, fresh, idle] = [
    connect('192.0.2.1', 'requested', 'member'),
    connect('192.0.2.1', 'requested'),
    connect('192.0.2.1'),
    connect('192.0.2.1', ...IDLE),
  ];
  const other = connect('192.0.2.2', ...IDLE);
  const all = [member, stranger, fresh, idle];
  expect([gate.admit(socket('192.0.2.1')), ...destroyed(all), other.destroyed]).toEqual([true, false, false, false, true, false]);
  gate.admit(socket('192.0.2.3'));
  expect(destroyed(all)).toEqual([false, false, true, true]);
  gate.admit(socket('192.0.2.4'));
  gate.admit(socket('192.0.2.5'));
  expect([...destroyed(all), other.destroyed]).toEqual([false, true, true, true, false]);
  expect([full.length, gate.size]).toEqual([4, 5]);
});

test('a WebSocket of a session is never given up, a request of somebody signed in only where there is nothing else', () => {
  const { gate, connect } = open({ perAddress: 9, inAll: 4 });
  const sockets = [connect('192.0.2.1', 'requested', 'socket'), connect('192.0.2.1', 'requested', 'socket')];
  const members = [connect('192.0.2.1', 'requested', 'member'), connect('192.0.2.1', 'requested', 'member', 'requested')];
  gate.answered(members[1]!);
  const other = connect('192.0.2.2', 'requested');
  expect([...destroyed(sockets), ...destroyed(members)]).toEqual([false, false, true, false]);
  connect('192.0.2.3', 'requested', 'member');
  expect([...destroyed(members), other.destroyed]).toEqual([true, false, true]);
  expect([gate.admit(socket('192.0.2.4')), gate.admit(socket('192.0.2.5')), gate.admit(socket('192.0.2.3'))]).toEqual([
    true,
    true,
    false,
  ]);
  expect([...destroyed(sockets), ...destroyed(members)]).toEqual([false, false, true, true]);
});

test('nobody has a connection to spare: the new one is closed', () => {
  const { gate, full, connect } = open({ perAddress: 9, inAll: 2 });
  connect('192.0.2.1', 'requested', 'socket');
  connect('192.0.2.2', 'requested', 'socket');
  const late = socket('192.0.2.3');
  expect([gate.admit(late), late.destroyed, full, gate.size]).toEqual([false, true, [null], 2]);
});

test('the networks of one IPv6 line are one when connections are short, and the largest of them gives', () => {
  const { gate, connect } = open({ perAddress: 3, inAll: 6 });
  const line = ['1::1', '1::2', '2::1', '3::1'].map((end) => connect(`2001:db8:0:${end}`, ...IDLE));
  const other = ['1', '2'].map((end) => connect(`2001:db8:1::${end}`, ...IDLE));
  expect([gate.admit(socket('192.0.2.1')), ...destroyed(line), ...destroyed(other)]).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
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
