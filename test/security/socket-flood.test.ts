import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EVENT_LIMITS } from '../../server/signaling/limits.js';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

let product: Product;
let viewers: HonestViewers;

beforeAll(async () => {
  product = await startProduct({ env: HONEST_SCREEN });
  viewers = await openHonestViewers(product);
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function open(token: string, localAddress = '127.0.0.1'): WebSocket {
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/ws?token=${token}`, { localAddress });
  socket.on('error', () => {});
  return socket;
}

async function guest(name: string, localAddress?: string): Promise<WebSocket> {
  const { token } = await product.login('user', name);
  const socket = open(token, localAddress);
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
}

const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));
const message = (event: string, payload: unknown) => JSON.stringify({ event, payload });

test('two broadcasts of 15 MB end the socket they came over, and cut nobody else', async () => {
  await viewers.unbothered(async () => {
    for (const name of ['first', 'second']) {
      const socket = await guest(name);
      const end = closed(socket);
      socket.send(message('send/broadcast', { subject: 'big', body: 'x'.repeat(15_000_000) }));
      expect([1006, 1009]).toContain(await end);
    }
  });
});

test('as many messages of 64 KiB as go through, deeply nested ones, and a hundred thousand tiny ones', async () => {
  await viewers.unbothered(async () => {
    const socket = await guest('loud');
    const big = message('send/broadcast', { body: 'x'.repeat(65_000) });
    const nested = (levels: number) => `{"event":"send/broadcast","payload":{"body":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    for (let sent = 0; sent < 500; sent += 1) {
      socket.send(big);
      if (sent % 5 === 0) socket.send(nested(sent % 10 === 0 ? 32_000 : 4_000));
      if (sent % 50 === 0) await pause(50);
    }
    for (let sent = 0; sent < 100_000; sent += 1) {
      socket.send('{"event":"control/request"}');
      if (sent % 5_000 === 0) await pause(20);
    }
    await pause(2_000);
    socket.terminate();
  });
});

test('60 sessions of one address, each with as many events as one session may send', async () => {
  const sockets: WebSocket[] = [];
  for (let count = 0; count < 60; count += 1) sockets.push(await guest(`many${count}`, '127.0.0.2'));
  const before = product.output().length;
  await viewers.unbothered(async () => {
    for (let burst = 0; burst < 10; burst += 1) {
      for (const socket of sockets)
        for (let sent = 0; sent < EVENT_LIMITS.input.burst / 10; sent += 1)
          socket.send('{"event":"control/move","payload":{"x":1,"y":1}}');
      await pause(100);
    }
    await waitFor('some to be dropped', () => product.output().slice(before).includes('too many messages'));
    await pause(1_000);
  });
  expect(sockets.filter(({ readyState }) => readyState !== WebSocket.OPEN)).toEqual([]);
  for (const socket of sockets) socket.terminate();
});

test('a socket opened a hundred times a second', async () => {
  const { token } = await product.login('user', 'restless');
  const sockets: WebSocket[] = [];
  await viewers.unbothered(async () => {
    for (let second = 0; second < 3; second += 1) {
      for (let opened = 0; opened < 100; opened += 1) {
        sockets.push(open(token));
        await pause(8);
      }
    }
  });
  for (const socket of sockets) socket.terminate();
});

test('a page that copies 20 MB ten times a second does not disconnect who is in control', async () => {
  const children: ReturnType<typeof spawn>[] = [];
  await viewers.unbothered(async () => {
    const text = Buffer.alloc(20_000_000, 'x');
    for (let copy = 0; copy < 20; copy += 1) {
      const child = spawn(
        'nice',
        ['-n', '19', 'xclip', '-display', product.display, '-selection', 'clipboard', '-in', '-quiet'],
        {
          stdio: ['pipe', 'ignore', 'ignore'],
        },
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(text);
      children.push(child);
      await pause(100);
    }
  });
  for (const child of children) child.kill();
  await waitFor('the log to say that it is too large', () => product.output().includes('too large for the host'));
});

test('a client that answers no pings is gone after 25 s, really', async () => {
  const { token, id } = await product.login('user', 'asleep');
  const { hostname, port } = new URL(product.url);
  const socket = connect(Number(port), hostname);
  socket.resume();
  socket.write(
    `GET /api/ws?token=${token} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await waitFor('the session', () => product.output().includes(id));
  await ended;
  expect(product.output()).toContain('answers no pings any more');
});
