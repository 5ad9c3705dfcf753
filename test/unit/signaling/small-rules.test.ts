import { expect, test } from 'vitest';
import { throttleKey } from '../../../server/room/client-place.js';
import { clientAddress, trustedPeers } from '../../../server/signaling/http/access/client-address.js';
import { clearedCookie, readCookie, sessionCookie } from '../../../server/signaling/http/access/cookie.js';
import { isOwnOrigin } from '../../../server/signaling/http/access/origin.js';
import { BodyBudget } from '../../../server/signaling/http/bodies/body-budget.js';
import { firstJsonValue } from '../../../server/signaling/http/bodies/first-json-value.js';
import { GrowingBuffer } from '../../../server/signaling/http/bodies/growing-buffer.js';
import { belowPrefix, matchesPattern, startsWithPattern, tidyPath } from '../../../server/signaling/http/path-pattern.js';
import { LogLimiter } from '../../../server/signaling/log-limiter.js';

test.each([
  ['{"a":"}"} trailing', { a: '}' }],
  [' [1,[2]]]', [1, [2]]],
  ['"a\\"b" x', 'a"b'],
  ['null null', null],
  ['12,13', 12],
  ['{"a":1}{"a":2}', { a: 1 }],
])('the first JSON value of %j', (text, value) => {
  expect(firstJsonValue(text)).toEqual({ ok: true, value });
});

test.each(['', ' ', '{', '{"a":1', '"open', 'username=a', '{"a":"b" "c":"d"}', ']', 'nul l'])('no JSON value in %j', (text) => {
  expect(firstJsonValue(text).ok).toBe(false);
});

test.each([
  ['no proxy: headers mean nothing', [], { 'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1' }, '10.0.0.1'],
  ['a peer that is not on the list', ['10.0.0.2', '192.168.0.0/16'], { 'x-forwarded-for': '192.0.2.1' }, '10.0.0.1'],
  ['a peer of the list, by address', ['10.0.0.1'], { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
  ['True-Client-IP first', ['10.0.0.0/8'], { 'true-client-ip': '192.0.2.1', 'x-real-ip': '192.0.2.2' }, '192.0.2.1'],
  ['one hop', ['10.0.0.0/8'], { 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1'],
  ['what a trusted hop wrote', ['10.0.0.0/8'], { 'x-forwarded-for': '2001:db8::1, 10.1.1.1' }, '2001:db8::1'],
  ['not what stands before it', ['10.0.0.0/8'], { 'x-forwarded-for': '198.51.100.1, 192.0.2.1, 10.1.1.1' }, '192.0.2.1'],
  [
    'nor headers that a proxy passes on',
    ['10.0.0.1'],
    { 'true-client-ip': '8.8.8.8', 'x-forwarded-for': '192.0.2.1' },
    '192.0.2.1',
  ],
  ['a client that is near itself', ['10.0.0.0/8'], { 'x-forwarded-for': '10.2.2.2' }, '10.2.2.2'],
  ['with its port', ['10.0.0.1'], { 'x-forwarded-for': '192.0.2.1:4711' }, '192.0.2.1'],
  ['IPv6 with its port', ['10.0.0.1'], { 'x-real-ip': '[2001:db8::1]:4711' }, '2001:db8::1'],
  ['no address is no answer', ['10.0.0.1'], { 'x-real-ip': 'unknown', 'x-forwarded-for': 'unknown' }, '10.0.0.1'],
])('client address, %s', (_name, networks, headers, address) => {
  expect(clientAddress(headers, '::ffff:10.0.0.1', trustedPeers(networks))).toBe(address);
});

test('networks of proxies, in both families', () => {
  const trusts = trustedPeers(['::1', 'fd00::/8', '172.16.0.0/12']);
  expect(['::1', 'fd12::1', '172.31.255.255', '::ffff:172.16.0.1'].every(trusts)).toBe(true);
  expect(['::2', 'fe80::1', '172.32.0.0', 'fe80::1%eth0', '', 'nonsense'].some(trusts)).toBe(false);
});

test.each([
  ['our host', { host: 'desk.example' }, false, 'https://desk.example', true],
  ['our host and port', { host: 'desk.example:8080' }, false, 'http://desk.example:8080', true],
  ['another port', { host: 'desk.example' }, false, 'https://desk.example:8443', false],
  ['another host', { host: 'desk.example' }, false, 'https://evil.example', false],
  ['a sandboxed page', { host: 'desk.example' }, false, 'null', false],
  ['the port from a proxy', { host: 'desk.example', 'x-forwarded-port': '8443' }, true, 'https://desk.example:8443', true],
  ['the port from a stranger', { host: 'desk.example', 'x-forwarded-port': '8443' }, false, 'https://desk.example:8443', false],
  [
    'host and port apart',
    { host: 'a:1', 'x-forwarded-host': 'desk.example', 'x-forwarded-port': '81' },
    true,
    'http://desk.example:81',
    true,
  ],
  ['the host from a proxy', { host: '10.0.0.1:8080', 'x-forwarded-host': 'desk.example' }, true, 'https://desk.example', true],
  [
    'the host from a stranger',
    { host: '10.0.0.1:8080', 'x-forwarded-host': 'evil.example' },
    false,
    'https://evil.example',
    false,
  ],
])('our own page, %s', (_name, headers, proxied, origin, own) => {
  expect(isOwnOrigin(origin, headers, proxied)).toBe(own);
});

test.each([
  '/api/batch',
  '/api//batch',
  '/api/./batch',
  '/api/x/../batch',
  '/API/Batch',
  '/api/batch/',
  '/api/%62atch',
  '/api/%2e/batch',
  '/api%2fbatch',
  '/api/%252e/batch',
  '/api\\batch',
  '/api/%2562%2561tch',
])('%s comes to the batch', (path) => {
  expect(tidyPath(path)).toBe('/api/batch');
});

test.each([
  ['\uFEFF{"a":1} trailing', { a: 1 }],
  ['\uFEFF 12', 12],
])('a byte-order mark before %j', (text, value) => {
  expect(firstJsonValue(text)).toEqual({ ok: true, value });
});

test('bodies are counted by client and in all, and given back', () => {
  const budget = new BodyBudget({ perClient: 10, inAll: 15 });
  expect([budget.take('a', 10), budget.take('a', 1), budget.take('b', 5), budget.take('b', 1)]).toEqual([
    null,
    'client',
    null,
    'all',
  ]);
  budget.giveBack('a', 10);
  expect([budget.take('b', 5), budget.clients]).toEqual([null, 1]);
  budget.giveBack('b', 10);
  expect([budget.clients, budget.take('c', 10)]).toEqual([0, null]);
});

test('a buffer that grows keeps what it has, whole characters over the seams', () => {
  const buffer = new GrowingBuffer();
  const text = 'grün '.repeat(3_000);
  for (const byte of Buffer.from(text)) buffer.add(Buffer.from([byte]));
  expect([buffer.length, buffer.text()]).toEqual([Buffer.byteLength(text), text]);
});

test('who shares an IPv6 network shares its failures, IPv4 addresses do not', () => {
  expect(throttleKey('2001:db8:1:2:3::1')).toBe(throttleKey('2001:db8:1:2::ffff'));
  expect(throttleKey('2001:db8:1:2::1')).not.toBe(throttleKey('2001:db8:1:3::1'));
  expect(throttleKey('::ffff:192.0.2.1')).toBe(throttleKey('192.0.2.1'));
});

test('the log takes a burst, then one line per interval, and says how many it missed', () => {
  const limiter = new LogLimiter(2, 1_000);
  expect([0, 0, 0, 500, 1_000, 1_001].map((nowMs) => limiter.pass(nowMs))).toEqual([0, 0, null, null, 2, null]);
});

test('cookies', () => {
  const options = { enabled: true, name: 'S', expirationMs: 60_000, secure: true, httpOnly: true, domain: '', path: '/x' };
  const full = 'S=tok; Path=/x; Expires=Thu, 01 Jan 1970 00:01:00 GMT; HttpOnly; Secure';
  expect(sessionCookie(options, 'tok', 0, false)).toBe(`${full}; SameSite=Lax`);
  expect(sessionCookie(options, 'tok', 0, true)).toBe(`${full}; SameSite=None`);
  const plain = { ...options, secure: false, httpOnly: false, path: '' };
  expect(sessionCookie(plain, 'tok', 0, true)).toBe('S=tok; Expires=Thu, 01 Jan 1970 00:01:00 GMT; SameSite=Lax');
  expect(clearedCookie({ ...options, domain: 'room.example' })).toBe(
    'S=; Path=/x; Domain=room.example; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  );
  expect(['a=1; S=two; b=3', 'XS=1', 'S=', undefined].map((header) => readCookie(header, 'S'))).toEqual(['two', null, '', null]);
});

test.each([
  ['/api/sessions/:id', '/api/sessions/a%2Fb', true],
  ['/api/sessions/:id', '/api/sessions/', false],
  ['/api/sessions/:id', '/api/sessions/a/b', false],
  ['/api/whoami', '/api/who%61mi', false],
  ['/api/whoami', '/api//whoami', false],
])('pattern %s on %s: %s', (pattern, path, matches) => {
  expect(matchesPattern(pattern, path)).toBe(matches);
});

test('areas and prefixes end at a slash', () => {
  expect(startsWithPattern('/api/room', '/api/room/x/y')).toBe(true);
  expect(startsWithPattern('/api/room', '/api/roomy')).toBe(false);
  expect([
    belowPrefix('/desk/x', '/desk'),
    belowPrefix('/desktop', '/desk'),
    belowPrefix('/desk', '/desk'),
    belowPrefix('/x', ''),
  ]).toEqual(['/x', null, null, '/x']);
});
