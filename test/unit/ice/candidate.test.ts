import { expect, test } from 'vitest';
import { canonicalAddress, sameNetwork } from '../../../server/ice/address.js';
import {
  candidateFoundation,
  candidatePriority,
  formatCandidate,
  pairPriority,
  parseCandidate,
} from '../../../server/ice/candidates/candidate.js';

test.each([
  ['candidate:1 1 udp 2130706431 192.0.2.1 59000 typ host ufrag abcd'],
  ['candidate:1 1 tcp 1671430143 2001:db8::1 8081 typ host tcptype passive ufrag abcd'],
  ['candidate:7 1 udp 1694498815 203.0.113.9 40000 typ srflx raddr 192.0.2.1 rport 59000 ufrag abcd'],
])('IC1 a candidate line survives reading and writing: %s', (text) => {
  const read = parseCandidate(text);
  expect(read.ok && formatCandidate(read.value)).toBe(text);
});

test('IC2 the lines of browsers are read: prefixes, upper case, unknown extensions, mDNS names', () => {
  const chromium =
    'a=candidate:842163049 1 UDP 2113937151 1f3c-e1.local 51234 typ host generation 0 ufrag Zx+/ network-id 1 network-cost 999';
  expect(parseCandidate(chromium)).toEqual({
    ok: true,
    value: {
      foundation: '842163049',
      component: 1,
      transport: 'udp',
      priority: 2113937151,
      address: '1f3c-e1.local',
      port: 51234,
      type: 'host',
      ufrag: 'Zx+/',
    },
  });
});

test.each([
  ['', 'too few fields'],
  ['candidate:1 1 udp 1 1.2.3.4 5', 'too few fields'],
  ['candidate:1 1 sctp 1 1.2.3.4 5 typ host', 'transport'],
  ['candidate:1 1 udp x 1.2.3.4 5 typ host', 'priority'],
  ['candidate:1 1 udp 1 1.2.3.4 65536 typ host', 'port'],
  ['candidate:1 1 udp 1 1.2.3.4 5 typ magic', 'unknown type'],
  [`candidate:1 1 udp 1 ${'x'.repeat(2000)} 5 typ host`, 'too long'],
])('IC3 a bad line is an error that says what is wrong: %j', (text, reason) => {
  const read = parseCandidate(text);
  expect(read.ok ? '' : read.error).toContain(reason);
});

test('IC4 priorities: host over srflx over relay, any UDP over TCP of its type, local preference within', () => {
  expect(candidatePriority('host', 'udp', 65535, 1)).toBe(2130706431);
  expect(candidatePriority('host', 'tcp', 65535, 1)).toBe(1677721599);
  const order = [
    candidatePriority('host', 'udp', 65535, 1),
    candidatePriority('host', 'udp', 65534, 1),
    candidatePriority('srflx', 'udp', 65535, 1),
    candidatePriority('host', 'tcp', 65535, 1),
    candidatePriority('relay', 'udp', 65535, 1),
  ];
  expect([...order].sort((a, b) => b - a)).toEqual(order);
  expect(pairPriority(3, 2)).toBe((2n << 32n) + 6n + 1n);
  expect(pairPriority(2, 3)).toBe((2n << 32n) + 6n);
});

test('IC5 a foundation depends on type, base, transport and server alone', () => {
  expect(candidateFoundation('host', '192.0.2.1', 'udp')).toBe(candidateFoundation('host', '192.0.2.1', 'udp'));
  expect(candidateFoundation('host', '192.0.2.1', 'udp')).not.toBe(candidateFoundation('host', '192.0.2.1', 'tcp'));
  expect(candidateFoundation('srflx', '192.0.2.1', 'udp', 's1')).not.toBe(candidateFoundation('srflx', '192.0.2.1', 'udp', 's2'));
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['[2001:DB8:0:0:0:0:0:1]', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::', '::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:2:3:4:5:6:7', undefined],
  ['1::2::3', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2.01', undefined],
  ['host.example', undefined],
])('IC6 addresses have one spelling: %s is %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

test('IC7 networks are compared bit by bit', () => {
  expect(sameNetwork('192.0.2.1', '192.0.2.200', 24)).toBe(true);
  expect(sameNetwork('192.0.2.1', '192.0.2.200', 25)).toBe(false);
  expect(sameNetwork('2001:db8::1', '2001:db8::ffff', 64)).toBe(true);
  expect(sameNetwork('2001:db8::1', '192.0.2.1', 0)).toBe(false);
});
