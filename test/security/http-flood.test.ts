import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../../server/signaling/limits.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/honest-viewers.js';
import { type Product, startProduct } from '../support/product.js';
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

test('out of descriptors, who is connected notices nothing, and the next ones are served once there are some', async () => {
  const pid = String(product.pid());
  const used = Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)) + 1;
  const before = /Max open files\s+(\d+)\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))!;
  await viewers.unbothered(async () => {
    execFileSync('prlimit', ['--pid', pid, `--nofile=${used}:${before[2]}`]);
    try {
      const lines = Array.from({ length: 100 }, () => line('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'));
      // What waits in the kernel's queue is served later; a few seconds of it are enough.
      await waitFor('all of them to be lost or served', settled(lines), 4_000).catch(() => {});
    } finally {
      execFileSync('prlimit', ['--pid', pid, `--nofile=${before[1]}:${before[2]}`]);
    }
  });
  await waitFor('service', async () => (await fetch(`${product.url}/health`).catch(() => null))?.ok === true);
});
