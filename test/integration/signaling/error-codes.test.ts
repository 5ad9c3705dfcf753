import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { Harness, type Overrides } from './support/harness.js';

let harness: Harness;
const start = async (overrides?: Overrides) => {
  harness = await Harness.start(overrides);
  return harness;
};
afterEach(() => harness.close());

test('an error says its stable code in a header, and its body is that of neko', async () => {
  await start();
  const { token } = await harness.login('admin');
  const answer = async (path: string, request = {}) => {
    const response = await harness.http('GET', path, request);
    return [response.status, response.headers.get('error-code'), await response.json()];
  };
  expect(await answer('/api/whoami')).toEqual([401, 'unauthorized', { code: 401, message: 'Unauthorized' }]);
  const lost = [404, 'session-not-found', { code: 404, message: 'session not found' }];
  expect(await answer('/api/sessions/nobody', { token })).toEqual(lost);
  expect((await harness.http('GET', '/api/whoami', { token })).headers.get('error-code')).toBeNull();
});

test('what is no HTTP has its code as well', async () => {
  await start();
  const { hostname, port } = new URL(harness.base);
  const socket = connect(Number(port), hostname);
  socket.end('nonsense\r\n\r\n');
  const said = await text(socket);
  expect(said).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(said).toContain('\r\nerror-code: bad-request\r\n');
  expect(said.endsWith('\r\n\r\n{"code":400,"message":"Bad Request"}\n')).toBe(true);
});

test.each([
  ['?token=nonsense', 1008, 'unknown-session'],
  ['', 1008, 'no-credentials'],
])('the frame that ends a WebSocket with %j says why', async (query, code, reason) => {
  await start();
  const { socket } = harness.socket(query);
  const [closed, said] = await once(socket, 'close');
  expect([closed, String(said)]).toEqual([code, reason]);
});

test('a message that is too large ends its WebSocket by name', async () => {
  await start();
  const user = await harness.join('user');
  user.send('system/logs', [{ level: 'info', fields: {}, message: 'x'.repeat(100_000) }]);
  const [closed, said] = await once(user.socket, 'close');
  expect([closed, String(said)]).toEqual([1009, 'message-too-large']);
});
