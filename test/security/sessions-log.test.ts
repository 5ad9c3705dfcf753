import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { PASSWORDS, type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

const API_TOKEN = 'api-token-of-the-log-test-0123456789';
const TURN_SECRET = 'turn-secret-of-the-log-test';
const FORGED = '20:00:00.000 INFO (signaling): session logged in {"admin":true}';
/** What ends a line or steers a terminal. */
const NASTY = ['\r\n', '\n', '\x1b[2K\x1b[1A', '\u2028', '\u0085', '\x9b2J', '\u202e'];

let directory = '';
let product: Product;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(product.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });

/** Uses every secret in every place where clients put them, right and wrong; answers with all of them. */
async function session(): Promise<string[]> {
  const user = await product.login('user', 'ann');
  const admin = await product.login('admin', 'boss');
  const wrong = 'a-wrong-password-of-somebody';
  for (const username of ['Mallory', PASSWORDS.admin, PASSWORDS.user, API_TOKEN])
    await post('/api/login', { username, password: wrong });
  await post('/api/login', `{"username":"x","password":"${wrong}`);
  for (const token of [user.token, admin.token, API_TOKEN, 'an-unknown-token-of-somebody']) {
    await fetch(`${product.url}/api/whoami?token=${token}`);
    await fetch(`${product.url}/api/nope?token=${token}&pwd=${PASSWORDS.admin}&password=${wrong}`);
    await fetch(`${product.url}/api/room/nope`, {
      headers: { authorization: `Bearer ${token}`, cookie: `NEKO_SESSION=${token}` },
    });
    await post('/api/batch', [{ path: `/api/whoami?token=${token}`, method: 'GET' }]);
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`);
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('message', resolve));
    if (socket.readyState === socket.OPEN) {
      socket.send(JSON.stringify({ event: 'unknown/event', payload: { token, wrong } }));
      socket.send(
        JSON.stringify({ event: 'system/logs', payload: [{ level: 'info', message: `my token is ${token}`, fields: {} }] }),
      );
      socket.send(`{"event":"x","payload":${wrong}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.terminate();
  }
  return [user.token, admin.token, PASSWORDS.admin, PASSWORDS.user, API_TOKEN, TURN_SECRET];
}

/** Says nasty things wherever a client's words may be logged. */
async function forge(): Promise<void> {
  const { token } = await product.login('user', 'eve');
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`);
  await new Promise((resolve) => socket.once('message', resolve));
  for (const nasty of NASTY) {
    const text = `Mallory${nasty}${FORGED}${nasty}`;
    await post('/api/login', { username: text, password: 'wrong' });
    await post('/api/login', { username: text, password: PASSWORDS.user });
    await post('/api/profile', { name: text }, { authorization: `Bearer ${token}` });
    await fetch(`${product.url}/api/sessions/${encodeURIComponent(text)}?x=${encodeURIComponent(text)}`);
    socket.send(JSON.stringify({ event: text, payload: { [text]: text } }));
    socket.send(JSON.stringify({ event: 'signal/candidate', payload: { candidate: text } }));
    socket.send(JSON.stringify({ event: 'system/logs', payload: [{ level: text, message: text, fields: { [text]: text } }] }));
    const origin = `http://evil.example/${encodeURIComponent(text)}`;
    const other = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=x`, {
      headers: { origin, 'user-agent': encodeURIComponent(text) },
    });
    await new Promise((resolve) => other.once('error', resolve));
  }
  await waitFor('the last of it in the log', () => product.output().includes('client log'));
  socket.terminate();
}

test.each(['true', 'false'])('a scripted session at trace level leaves no secret and no forged line, JSON %s', async (json) => {
  const env = {
    NEKO_LOG_LEVEL: 'trace',
    NEKO_LOG_JSON: json,
    NEKO_SESSION_API_TOKEN: API_TOKEN,
    NEKO_SESSION_FILE: join(directory, `${json}.json`),
    NEKO_WEBRTC_TURN_SECRET: TURN_SECRET,
    NEKO_WEBRTC_ICESERVERS_FRONTEND: '[{"urls":["turn:192.0.2.1:3478"]}]',
  };
  product = await startProduct({ env });
  try {
    const secrets = await session();
    await forge();
    const output = product.output();
    for (const secret of [...secrets, 'a-wrong', 'pwd=a', 'an-unknown-token']) expect(output).not.toContain(secret);
    expect(output).toMatch(/login refused.*Mallory|Mallory.*login refused/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(output).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
    expect(output.split('\n').filter((line) => line.startsWith('20:00:00'))).toEqual([]);
    if (json === 'true') for (const line of output.split('\n').filter((text) => text.startsWith('{'))) JSON.parse(line);
  } finally {
    await product.stop();
  }
});
