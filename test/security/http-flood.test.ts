import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../server/signaling/limits.js';
import { limitFiles } from '../support/faults/file-limit.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

/** The attacker has an address of its own. */
const ATTACKER = '127.0.0.2';
const MEMORY_LIMIT_MB = 200;

let product: Product;
let viewers: HonestViewers;
const sockets: Socket[] = [];

beforeAll(async () => {
  product = await startProduct({ env: HONEST_SCREEN });
  viewers = await openHonestViewers(product);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

interface Line {
  readonly socket: Socket;
  said: string;
}

function line(text: string, from = ATTACKER): Line {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(product.url).port), localAddress: from });
  const made: Line = { socket, said: '' };
  sockets.push(socket);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    made.said = (made.said + String(data)).slice(0, 4_000);
  });
  socket.write(text);
  return made;
}

const post = (path: string, bytes: number, token = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${token === '' ? '' : `Authorization: Bearer ${token}\r\n`}Content-Length: ${bytes}\r\n\r\n`;

function residentMb(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${product.pid()}/status`, 'utf8'))?.[1]) / 1024;
}

const settled = (lines: readonly Line[]) => () => lines.every(({ said, socket }) => said !== '' || socket.destroyed);

test('200 bodies of 8 MB from strangers, and 240,000 requests in one batch, are refused before they are read', async () => {
  const before = residentMb();
  await viewers.unbothered(async () => {
    const lines = Array.from({ length: 200 }, () => line(post('/api/room/clipboard', 8_000_000) + 'x'.repeat(50_000)));
    lines.push(line(post('/api/batch', 9_000_000) + '[{},'.repeat(10_000)));
    await waitFor('answers', settled(lines));
    expect(lines.filter(({ said }) => said !== '' && !/^HTTP\/1.1 (401|413)/.test(said))).toEqual([]);
  });
  expect(residentMb() - before).toBeLessThan(MEMORY_LIMIT_MB);
});

test('batches of deeply nested bodies, whose writing grows with the square of their depth, are refused unread', async () => {
  await viewers.unbothered(async () => {
    const body = `[${Array(2).fill(`{"path":"/api/whoami","method":"GET","body":${'['.repeat(3_300)}${']'.repeat(3_300)}}`)}]`;
    const lines = Array.from({ length: 240 }, () => line(post('/api/batch', body.length) + body));
    await waitFor('answers', settled(lines));
    expect(lines.filter(({ said }) => said !== '' && !/^HTTP\/1.1 4(00|29)/.test(said))).toEqual([]);
  });
});

test('200 stalled bodies of somebody signed in hold no more than the bytes of one address', async () => {
  const { token } = await product.login('admin', 'mallory');
  const before = residentMb();
  await viewers.unbothered(async () => {
    const body = 'x'.repeat(HTTP_LIMITS.bulkBody.value - 1);
    const lines = Array.from({ length: 200 }, () =>
      line(post('/api/members_bulk/delete', HTTP_LIMITS.bulkBody.value, token) + body),
    );
    await waitFor('the refusals', () => lines.filter(({ said }) => said.startsWith('HTTP/1.1 429')).length >= 90);
  });
  expect(residentMb() - before).toBeLessThan(MEMORY_LIMIT_MB);
});

test('600 half-sent heads: an address has its bound of connections, and others connect meanwhile', async () => {
  await viewers.unbothered(async () => {
    const lines = Array.from({ length: 600 }, () => line('GET / HTTP/1.1\r\nX: '));
    await waitFor(
      'the rest to be closed',
      () => lines.filter(({ socket }) => socket.destroyed).length >= 600 - HTTP_LIMITS.connectionsOfAddress.value,
    );
    expect((await fetch(`${product.url}/health`)).status).toBe(200);
  });
});

test('17 addresses that hold all connections idle keep nobody out', async () => {
  const sources = Array.from({ length: 17 }, (_, index) => `127.0.1.${index + 1}`);
  const { token } = await product.login('user', 'newcomer');
  await viewers.unbothered(async () => {
    const lines: Line[] = [];
    for (const source of sources) {
      const some = Array.from({ length: HTTP_LIMITS.connectionsOfAddress.value }, () =>
        line('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n', source),
      );
      await waitFor('answers', settled(some));
      lines.push(...some);
    }
    expect(lines.filter(({ socket }) => !socket.destroyed).length).toBeGreaterThan(1_000);
    for (const path of ['/health', '/', '/api/whoami']) {
      const asked = line(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`, '127.0.2.1');
      await waitFor('an answer', settled([asked]));
      expect([path, asked.said.slice(0, 15)]).toEqual([path, 'HTTP/1.1 200 OK']);
    }
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  expect(product.output()).toMatch(/all connections are in use, one of the address that has most is closed/);
});

test('thousands of requests of one stranger, pages and files, are answered 429; full batches of a guest run beside others', async () => {
  const { token } = await product.login('user', 'mallory');
  const batch = JSON.stringify(Array.from({ length: 100 }, () => ({ path: '/api/whoami', method: 'GET' })));
  await viewers.unbothered(async () => {
    const batches = Array.from({ length: 8 }, () => line(post('/api/batch', batch.length, token) + batch));
    let [served, refused] = [0, 0];
    const ask = async () => {
      for (let count = 0; count < 200; count += 1) {
        const asked = line('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        await waitFor('an answer', settled([asked]));
        if (asked.said.startsWith('HTTP/1.1 200')) served += 1;
        if (asked.said.startsWith('HTTP/1.1 429')) refused += 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, ask));
    await waitFor('the batches', settled(batches));
    expect(served).toBeGreaterThanOrEqual(HTTP_LIMITS.strangerBurst.value - 200);
    expect(refused).toBeGreaterThan(0);
  });
});

test('60 sessions of one address, 30 requests at a time on 200 connections, have their sum, and a further one its own part', async () => {
  const tokens: string[] = [];
  for (let count = 0; count < 60; count += 1) tokens.push((await product.login('user', `many${count}`)).token);
  const last = (await product.login('user', 'colleague')).token;
  const ask = (token: string) => `GET /api/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  await viewers.unbothered(async () => {
    const beganMs = performance.now();
    let [served, refused, asked] = [0, 0, 0];
    const batch = () => Array.from({ length: 30 }, () => ask(tokens[asked++ % tokens.length]!)).join('');
    for (let count = 0; count < 200; count += 1) {
      const { socket } = line(batch());
      let left = 30;
      socket.on('data', (data) => {
        const statuses = String(data).match(/HTTP\/1\.1 \d+/g) ?? [];
        served += statuses.filter((status) => status.endsWith('200')).length;
        refused += statuses.filter((status) => status.endsWith('429')).length;
        left -= statuses.length;
        if (left <= 0 && performance.now() - beganMs < 5_000) {
          left = 30;
          socket.write(batch());
        }
      });
    }
    await waitFor('it to go on', () => served + refused > 1_000);
    const colleague = line(ask(last));
    await waitFor('an answer', settled([colleague]));
    expect(colleague.said).toMatch(/^HTTP\/1.1 200/);
    await waitFor('five seconds of it', () => performance.now() - beganMs > 5_000);
    const { sharedBurst, sharedRate, ownBurst, ownRate } = HTTP_LIMITS;
    const seconds = (performance.now() - beganMs) / 1_000 + 1;
    const [atOnce, perSecond] = [sharedBurst.value + 60 * ownBurst.value, sharedRate.value + 60 * ownRate.value];
    expect(served).toBeLessThan(atOnce + seconds * perSecond);
    for (const socket of sockets.splice(0)) socket.destroy();
  });
});

test('out of descriptors, who is connected notices nothing, and the next ones are served once there are some', async () => {
  await viewers.unbothered(async () => {
    const lift = limitFiles(product.pid(), 20);
    try {
      const lines = Array.from({ length: 100 }, () => line('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'));
      await waitFor('the log to say so', () => product.output().includes('no descriptors are left'));
      // What waits in the kernel's queue is served later; a few seconds of it are enough.
      await waitFor('all of them to be lost or served', settled(lines), 4_000).catch(() => {});
    } finally {
      lift();
    }
  });
  await waitFor('service', async () => (await fetch(`${product.url}/health`).catch(() => null))?.ok === true);
});
