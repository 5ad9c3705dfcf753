import { expect, test } from 'vitest';
import { apiUrl, socketUrl } from '../../../client/connection/endpoints.js';
import { readLink } from '../../../client/connection/links.js';
import { readLoginAnswer } from '../../../client/connection/login-outcome.js';
import { stereoAnswer } from '../../../client/connection/media/stereo-answer.js';

test.each([
  ['http://h/#token=a%2Bb', { kind: 'token', token: 'a+b' }, 'http://h/'],
  ['http://h/p/#password=s%20e&name=J%C3%B6rg', { kind: 'password', name: 'Jörg', password: 's e' }, 'http://h/p/'],
  ['http://h/?usr=joe&pwd=x&lang=de', { kind: 'password', name: 'joe', password: 'x' }, 'http://h/?lang=de'],
  ['http://h/#password=x', { kind: 'password', name: '', password: 'x' }, 'http://h/'],
  ['http://h/?token=t', { kind: 'token', token: 't' }, 'http://h/'],
  ['http://h/#chapter', { kind: 'none' }, 'http://h/#chapter'],
  ['http://h/?usr=joe', { kind: 'none' }, 'http://h/'],
])('the link %s', (href, credentials, cleaned) => {
  expect(readLink(href)).toEqual({ credentials, cleaned });
});

test.each([
  ['http://h:1/', 'http://h:1/api/login', 'ws://h:1/api/ws'],
  ['https://h/room/1/#x', 'https://h/room/1/api/login', 'wss://h/room/1/api/ws'],
  ['https://h/p/index.html?q', 'https://h/p/api/login', 'wss://h/p/api/ws'],
])('below %s', (base, login, socket) => {
  expect(apiUrl(base, 'login')).toBe(login);
  expect(socketUrl(base)).toBe(socket);
});

test.each([
  [200, null, { token: 't' }, { kind: 'accepted', token: 't' }],
  [200, null, { id: 'x' }, { kind: 'accepted', token: '' }],
  [401, null, null, { kind: 'refused', retryAfterS: null }],
  [403, null, null, { kind: 'refused', retryAfterS: null }],
  [422, null, null, { kind: 'refused', retryAfterS: null }],
  [429, '12', null, { kind: 'refused', retryAfterS: 12 }],
  [429, null, null, { kind: 'refused', retryAfterS: 30 }],
  [500, null, null, { kind: 'refused', retryAfterS: null }],
  [502, null, 'x', { kind: 'unreachable' }],
])('a sign-in answered by %i with Retry-After %s', (status, retryAfter, body, outcome) => {
  expect(readLoginAnswer(status, retryAfter, body)).toMatchObject(outcome);
});

test('RFC 7587 section 7.1: the answer asks for stereo, once, and nowhere else', () => {
  const sdp =
    'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x=1\r\n';
  const stereo = sdp.replace('useinbandfec=1', 'useinbandfec=1;stereo=1');
  expect(stereoAnswer(sdp)).toBe(stereo);
  expect(stereoAnswer(stereo)).toBe(stereo);
  expect(stereoAnswer('a=rtpmap:0 PCMU/8000\r\n')).toBe('a=rtpmap:0 PCMU/8000\r\n');
});
