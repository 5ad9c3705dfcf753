import { expect, test } from 'vitest';
import { clientAddress, throttleKey } from '../../../server/signaling/client-address.js';
import { clearedCookie, readCookie, sessionCookie } from '../../../server/signaling/cookie.js';
import { firstJsonValue } from '../../../server/signaling/first-json-value.js';
import { LogLimiter } from '../../../server/signaling/log-limiter.js';
import { LoginThrottle } from '../../../server/signaling/login-throttle.js';
import { belowPrefix, matchesPattern, startsWithPattern } from '../../../server/signaling/path-pattern.js';

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
  ['no proxy: headers mean nothing', false, { 'x-real-ip': '192.0.2.1' }, '10.0.0.1'],
  ['IPv4 as IPv6', false, {}, '10.0.0.1'],
  ['True-Client-IP first', true, { 'true-client-ip': '192.0.2.1', 'x-real-ip': '192.0.2.2' }, '192.0.2.1'],
  ['the first of X-Forwarded-For', true, { 'x-forwarded-for': '2001:db8::1, 10.1.1.1' }, '2001:db8::1'],
  ['no address is no answer', true, { 'x-real-ip': 'unknown' }, '10.0.0.1'],
])('client address, %s', (_name, proxy, headers, address) => {
  expect(clientAddress(headers, '::ffff:10.0.0.1', proxy)).toBe(address);
});

test('who shares an IPv6 network shares its failures, IPv4 addresses do not', () => {
  expect(throttleKey('2001:db8:1:2:3::1')).toBe(throttleKey('2001:db8:1:2::ffff'));
  expect(throttleKey('2001:db8:1:2::1')).not.toBe(throttleKey('2001:db8:1:3::1'));
  expect(throttleKey('::ffff:192.0.2.1')).toBe(throttleKey('192.0.2.1'));
});

test('waits after failures: none for five, then 1 s doubling to 60 s, forgotten after ten quiet minutes', () => {
  const throttle = new LoginThrottle();
  const waits = Array.from({ length: 13 }, () => {
    throttle.failed('a', 0);
    return throttle.waitMs('a', 0) / 1_000;
  });
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect([throttle.waitMs('a', 59_999), throttle.waitMs('a', 60_000), throttle.waitMs('b', 0)]).toEqual([1, 0, 0]);
  throttle.failed('a', 600_000);
  expect(throttle.waitMs('a', 600_000)).toBe(0);
});

test('the log takes a burst, then one line per interval, and says how many it missed', () => {
  const limiter = new LogLimiter(2, 1_000);
  expect([0, 0, 0, 500, 1_000, 1_001].map((nowMs) => limiter.pass(nowMs))).toEqual([0, 0, null, null, 2, null]);
});

test('cookies', () => {
  const options = { enabled: true, name: 'S', expirationMs: 60_000, secure: true, httpOnly: true, domain: '', path: '/x' };
  expect(sessionCookie(options, 'tok', 0)).toBe(
    'S=tok; Path=/x; Expires=Thu, 01 Jan 1970 00:01:00 GMT; HttpOnly; Secure; SameSite=None',
  );
  expect(sessionCookie({ ...options, secure: false, httpOnly: false, path: '' }, 'tok', 0)).toBe(
    'S=tok; Expires=Thu, 01 Jan 1970 00:01:00 GMT',
  );
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
