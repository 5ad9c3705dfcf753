import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { externalAddresses } from '../../../server/ice/candidates/external-addresses.js';
import type { IceTransportsOptions } from '../../../server/ice/ice-types.js';
import { parseHostPort } from '../../../server/ice/servers/host-port.js';
import { parseIceUrl } from '../../../server/ice/servers/ice-url.js';
import { servedServers } from '../../../server/ice/servers/served-servers.js';
import { FrameReader, frameTcp } from '../../../server/ice/sockets/frame-reader.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { answerPlainBinding } from '../../../server/ice/stun/plain-stun.js';
import { rateLimit } from '../../../server/ice/stun/rate-limit.js';
import { decodeStun, encodeStun } from '../../../server/ice/stun/stun.js';
import { mulberry32 } from './simulated-network.js';

test('IF1 frames survive any cutting of the stream (RFC 4571 section 2)', () => {
  const random = mulberry32(99);
  const sent = Array.from({ length: 200 }, (_, i) => Buffer.alloc(Math.floor(random() * 1500), i));
  const stream = Buffer.concat(sent.map(frameTcp));
  const reader = new FrameReader();
  const got: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = Math.min(stream.length, at + 1 + Math.floor(random() * 4000));
    got.push(...reader.push(stream.subarray(at, end)).map((each) => Buffer.from(each)));
    at = end;
  }
  expect(got).toEqual(sent);
  expect(reader.pendingBytes).toBe(0);
  reader.push(Buffer.from([0xff, 0xff, 1]));
  expect(reader.announcedBytes).toBe(65535);
});

test.each([
  ['stun:stun.example.org', { scheme: 'stun', transport: 'udp', host: 'stun.example.org', port: 3478 }],
  ['turn:192.0.2.1:1234', { scheme: 'turn', transport: 'udp', host: '192.0.2.1', port: 1234 }],
  ['turn:[2001:db8::1]:1234?transport=tcp', { scheme: 'turn', transport: 'tcp', host: '2001:db8::1', port: 1234 }],
  ['turns:t.example', { scheme: 'turn', transport: 'tls', host: 't.example', port: 5349 }],
  ['TURNS:t.example:443?transport=tcp', { scheme: 'turn', transport: 'tls', host: 't.example', port: 443 }],
])('IU1 a server URL is read: %s', (text, expected) => {
  expect(parseIceUrl(text)).toEqual({ ok: true, value: expected });
});

test.each([
  ['http://example.org', 'expected stun'],
  ['turn:2001:db8::1:3478', 'IPv6 address in brackets'],
  ['turn:host:0', '1 to 65535'],
  ['turn:host?transport=sctp', 'transport=udp or tcp'],
  ['turns:host?transport=udp', 'TLS over UDP'],
  ['stun:300.1.1.1', 'not an IPv4 address'],
])('IU2 a wrong server URL says why: %s', (text, reason) => {
  const read = parseIceUrl(text);
  expect(read.ok ? '' : read.error).toContain(reason);
});

test.each([
  ['2001:db8::1:5000', 'in brackets'],
  ['[198.51.100.1]:5000', 'not an IPv6 address'],
  ['host:70000', '1 to 65535'],
])('IU3 a wrong host and port say why: %s', (text, reason) => {
  const read = parseHostPort(text, 3478);
  expect(read.ok ? '' : read.error).toContain(reason);
});

describe('external addresses', () => {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const clockAt = { ms: 0 };
  const clock = { nowMs: () => clockAt.ms, after: () => () => undefined };

  test('IE1 names are looked up again every minute and keep their last address when that fails', async () => {
    const answers = [['198.51.100.1'], ['198.51.100.2'], undefined];
    const addresses = await externalAddresses({
      nat1to1: [{ external: 'home.example' }, { external: '203.0.113.1', local: '192.168.1.10' }],
      candidates: [
        { kind: 'address', host: 'home.example', port: 443 },
        { kind: 'stun', port: 5000 },
        { kind: 'address', host: '2001:DB8:0::1', port: 5001 },
      ],
      clock,
      log: silent,
      resolve: async () => {
        const answer = answers.shift();
        if (!answer) throw new Error('no such name');
        return answer;
      },
    });
    const fixed = { external: '203.0.113.1', local: '192.168.1.10' };
    expect(addresses.current()).toEqual({
      externals: [{ external: '198.51.100.1' }, fixed],
      statics: [
        { address: '198.51.100.1', port: 443 },
        { address: '2001:db8::1', port: 5001 },
      ],
    });
    for (const expected of ['198.51.100.2', '198.51.100.2']) {
      clockAt.ms += 60_001;
      addresses.current();
      await new Promise((resolve) => setImmediate(resolve));
      expect(addresses.current().externals).toEqual([{ external: expected }, fixed]);
    }
    addresses.discovered('203.0.113.9');
    expect(addresses.current().statics).toContainEqual({ address: '203.0.113.9', port: 5000 });
  });

  test.each<Pick<IceTransportsOptions, 'nat1to1' | 'candidates'>>([
    { nat1to1: [{ external: 'late.example' }] },
    { candidates: [{ kind: 'address', host: 'late.example', port: 5000 }] },
  ])(
    'IE2 a name that does not resolve at start is said and looked up until it does: %j',
    async ({ nat1to1 = [], candidates = [] }) => {
      const timers: { readonly delayMs: number; readonly action: () => void }[] = [];
      const stepped = {
        nowMs: () => 0,
        after: (delayMs: number, action: () => void) => {
          timers.push({ delayMs, action });
          return () => {};
        },
      };
      const warnings: unknown[] = [];
      let resolves = false;
      let changes = 0;
      const addresses = await externalAddresses({
        nat1to1,
        candidates,
        clock: stepped,
        log: { ...silent, warn: (fields: unknown) => void warnings.push(fields) },
        resolve: () => (resolves ? Promise.resolve(['198.51.100.1']) : Promise.reject(new Error('no such name'))),
        onChange: () => {
          changes += 1;
        },
      });
      const known = () => [...addresses.current().externals, ...addresses.current().statics].length;
      const again = async () => {
        timers.at(-1)?.action();
        await new Promise((resolve) => setImmediate(resolve));
      };
      expect(warnings).toEqual([expect.objectContaining({ name: 'late.example' })]);
      for (let tries = 0; tries < 6; tries += 1) await again();
      expect(timers.map(({ delayMs }) => delayMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
      expect([warnings.length, known(), changes]).toEqual([1, 0, 0]);
      resolves = true;
      await again();
      expect([timers.length, known(), changes]).toEqual([7, 1, 1]);
    },
  );
});

describe('the STUN server on the mux port', () => {
  const request = decodeStun(
    encodeStun({ kind: 'request', method: 'binding', transactionId: Buffer.alloc(12, 7), attributes: {} }),
  );
  if (!request.ok) throw new Error(request.error);

  test('IN1 a plain binding request is answered with the address it came from', () => {
    const answer = answerPlainBinding(request.value, '203.0.113.5', 4000, rateLimit(5, 20, 500), 0);
    const read = answer && decodeStun(answer);
    expect(read?.ok && read.value).toMatchObject({
      kind: 'success',
      attributes: { xorMappedAddress: { address: '203.0.113.5', port: 4000 } },
    });
  });

  test.each([
    ['20 bytes from IPv4', '203.0.113.5', '', 32],
    ['20 bytes from IPv6', '2001:db8::5', '', 44],
    ['one unknown attribute', '203.0.113.5', '7ff00000', 36],
    ['two unknown attributes', '203.0.113.5', '7ff000007ff10000', 36],
    ['nine unknown attributes, of which eight are told', '2001:db8::5', '7ff00000'.repeat(9), 48],
  ])(
    'IN1 the answer to %s is as short as RFC 8489 allows: no SOFTWARE, no words, no FINGERPRINT',
    (_, from, attributes, length) => {
      const bytes = Buffer.from(
        `0001${(attributes.length / 2).toString(16).padStart(4, '0')}2112a442${'07'.repeat(12)}${attributes}`,
        'hex',
      );
      const asked = decodeStun(bytes);
      const answer = asked.ok ? answerPlainBinding(asked.value, from, 4000, rateLimit(5, 20, 500), 0) : undefined;
      expect(answer).toHaveLength(length);
      const read = answer && decodeStun(answer);
      expect(read?.ok && read.value).toMatchObject(
        attributes === ''
          ? { kind: 'success', hasFingerprint: false }
          : { kind: 'error', attributes: { errorCode: { code: 420 } } },
      );
    },
  );

  test('IN1 who shows FINGERPRINT sees it in the answer', () => {
    const answer = answerPlainBinding(request.value, '203.0.113.5', 4000, rateLimit(5, 20, 500), 0);
    const read = answer && decodeStun(answer);
    expect(read?.ok && read.value.hasFingerprint).toBe(true);
  });

  test('IN2 an address gets a burst and then a trickle, and all together are bounded', () => {
    const limit = rateLimit(5, 20, 100);
    const taken = (key: string, count: number, nowMs: number) =>
      Array.from({ length: count }, () => limit.take(key, nowMs)).filter(Boolean).length;
    expect(taken('a', 50, 0)).toBe(20);
    expect(taken('a', 50, 1000)).toBe(5);
    expect(taken('b', 50, 1000)).toBe(20);
    const many = Array.from({ length: 200 }, (_, i) => taken(`c${i}`, 1, 1000)).reduce((a, b) => a + b, 0);
    expect(many).toBe(75);
  });
});

test('IU4 servers are told with addresses filled in and credentials that end', () => {
  const facts = {
    privateIp: '192.168.1.10',
    publicIp: '2001:db8::10',
    turn: { secret: 'north', ttlSeconds: 3600 },
    user: 's1',
    nowEpochSeconds: 1_700_000_000.9,
    hmac: hmacSha1,
  };
  const servers = [
    { urls: ['stun:{{private_ip}}:3478', 'turn:{{ public_ip }}:3478?transport=tcp'] },
    { urls: ['turn:own.example'], username: 'u', credential: 'c' },
    { urls: ['stun:plain.example'] },
  ];
  const credential = createHmac('sha1', 'north').update('1700003600:s1').digest('base64');
  expect(servedServers(servers, facts)).toEqual({
    lifetimeMs: 3_600_000,
    servers: [
      { urls: ['stun:192.168.1.10:3478', 'turn:[2001:db8::10]:3478?transport=tcp'], username: '1700003600:s1', credential },
      servers[1],
      servers[2],
    ],
  });
  const lasting = { servers: servers.slice(1), lifetimeMs: undefined };
  expect(servedServers(servers, { ...facts, publicIp: undefined, privateIp: undefined })).toEqual(lasting);
  expect(servedServers(servers.slice(1), facts)).toEqual(lasting);
});
