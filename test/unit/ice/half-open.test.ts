import { expect, test } from 'vitest';
import { halfOpenConnections } from '../../../server/ice/sockets/half-open.js';

function counted(perAddress?: number, inAll?: number) {
  const connections = halfOpenConnections(perAddress, inAll);
  const closed: string[] = [];
  return { closed, add: (address: string, name = address) => connections.add(address, () => closed.push(name)) };
}

test('IT18 a host that opens and says nothing closes its own connections only, the oldest first', () => {
  const { closed, add } = counted();
  add('198.51.100.1', 'viewer');
  for (let i = 0; i < 1000; i++) add('203.0.113.66', `silent ${i}`);
  expect(closed).toEqual(Array.from({ length: 984 }, (_, i) => `silent ${i}`));
});

test('IT18 an IPv6 host is counted by its /64', () => {
  const { closed, add } = counted(2);
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3:0:0:4', '2001:db8:0:1::1']) add(address);
  expect(closed).toEqual(['2001:db8::1']);
});

test('IT18 many hosts together push out the oldest of all', () => {
  const { closed, add } = counted(16, 512);
  for (let i = 0; i < 514; i++) add(`198.51.${i >> 8}.${i & 255}`);
  expect(closed).toEqual(['198.51.0.0', '198.51.0.1']);
});

test('IT18 those that have proved themselves or gone count no more, however often that is said', () => {
  const { closed, add } = counted(2, 3);
  const settled = add('192.0.2.1', 'first');
  add('192.0.2.1', 'second');
  settled();
  settled();
  add('192.0.2.1', 'third');
  expect(closed).toEqual([]);
  add('192.0.2.1', 'fourth');
  expect(closed).toEqual(['second']);
});
