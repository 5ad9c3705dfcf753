import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './support/harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness.close());

/** Everything that comes back for `text` until the server closes the connection. */
function answers(text: string): Promise<string> {
  const { hostname, port } = new URL(harness.base);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (data) => {
    said += String(data);
  });
  socket.write(text);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

const HEADERS = [
  'x-content-type-options: nosniff',
  'referrer-policy: no-referrer',
  'cache-control: no-store',
  "default-src 'none'",
];
const END = 'Connection: close\r\n\r\n';
const UPGRADE = 'Host: x\r\nConnection: Upgrade\r\n';
const WEBSOCKET = `${UPGRADE}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`;
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test.each([
  ['two hosts', `GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, 400],
  ['the same host twice', `GET /health HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n`, 400],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n', 400],
  ['no host in HTTP/1.0', 'GET /health/live HTTP/1.0\r\n\r\n', 200],
  ['a host with a path', `GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n`, 400],
  ['an IPv6 address and a port', `GET /health/live HTTP/1.1\r\nHost: [fd00::1]:8080\r\n${END}`, 200],
  ['an absolute target', `GET http://elsewhere.example:81/health/live?x=1 HTTP/1.1\r\nHost: x\r\n${END}`, 200],
  ['an absolute target without a path', `GET HTTPS://elsewhere.example HTTP/1.1\r\nHost: x\r\n${END}`, 404],
  ['an absolute target and two hosts', `GET http://a/health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n`, 400],
  ['a name in the target', `GET http://user@a/health/live HTTP/1.1\r\nHost: a\r\n${END}`, 404],
  ['an expectation that nobody has', `GET /health HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n${END}`, 417],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a head beyond its size', `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a path that cannot be decoded', `GET /api/sessions/% HTTP/1.1\r\nHost: x\r\n${END}`, 400],
  ['a WebSocket at another path', `GET /health HTTP/1.1\r\n${WEBSOCKET}${KEY}\r\n`, 400],
  ['a WebSocket at no path', `GET /nowhere HTTP/1.1\r\n${WEBSOCKET}${KEY}\r\n`, 400],
  ['a WebSocket with two hosts', `GET /api/ws HTTP/1.1\r\nHost: y\r\n${WEBSOCKET}${KEY}\r\n`, 400],
  ['another upgrade', `GET /health HTTP/1.1\r\n${UPGRADE}Upgrade: h2c\r\n\r\n`, 400],
  ['another upgrade at the WebSocket’s path', `GET /api/ws HTTP/1.1\r\n${UPGRADE}Upgrade: h2c\r\n\r\n`, 400],
  ['a WebSocket without a key', `GET /api/ws HTTP/1.1\r\n${WEBSOCKET}\r\n`, 400],
  ['a WebSocket with names that are none', `GET /api/ws HTTP/1.1\r\n${WEBSOCKET}${KEY}Sec-WebSocket-Protocol: a,,b\r\n\r\n`, 400],
  [
    'a WebSocket of another version',
    `GET /api/ws HTTP/1.1\r\n${UPGRADE}Upgrade: websocket\r\nSec-WebSocket-Version: 99\r\n${KEY}\r\n`,
    400,
  ],
])('%s: answered once, with the headers of every answer, and closed', async (_what, text, status) => {
  const said = await answers(text);
  expect(said.split('HTTP/1.1 ').length, said).toBe(2);
  expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  for (const header of HEADERS) expect(said.toLowerCase()).toContain(header);
  if (status >= 400 && status !== 404) expect(said).toContain(`{"code":${status},"message":"`);
});

test('an absolute target of a WebSocket is taken too', async () => {
  const said = await answers(`GET http://elsewhere.example/api/ws HTTP/1.1\r\n${WEBSOCKET}${KEY}\r\n`);
  expect(said).toMatch(/^HTTP\/1\.1 101 /);
  expect(said).toContain('no authentication provided');
});
