import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createSharedPort } from '../../../server/shared-port.js';

async function open(): Promise<{ port: number; ice: { socket: Socket; firstBytes: Buffer }[] }> {
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
  });
  const ice: { socket: Socket; firstBytes: Buffer }[] = [];
  const shared = createSharedPort(http, (socket, firstBytes) => ice.push({ socket, firstBytes }));
  const port = await freePort();
  await shared.listen({ host: '127.0.0.1', port });
  onTestFinished(() => {
    for (const { socket } of ice) socket.destroy();
    shared.close();
    http.closeAllConnections();
  });
  return { port, ice };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test('HTTP requests with bodies are served, one after the other on one connection', async () => {
  const { port } = await open();
  for (const body of ['one', 'two']) {
    const response = await fetch(`http://127.0.0.1:${port}/path`, { method: 'POST', body });
    expect(await response.text()).toBe(`POST /path ${body}`);
  }
});

test('a connection that begins with a framed STUN message goes to ICE with the bytes read', async () => {
  const { port, ice } = await open();
  const client = connect(port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
  });
  client.write(Buffer.from([0x00, 0x14, 0x00, 0x01]));
  await expect.poll(() => ice.length).toBe(1);
  expect(ice[0]!.firstBytes).toEqual(Buffer.from([0x00, 0x14, 0x00, 0x01]));
});

test('connections that break before they said anything disturb nobody', async () => {
  const { port } = await open();
  for (let i = 0; i < 20; i += 1) {
    const client = connect(port, '127.0.0.1');
    client.once('connect', () => client.resetAndDestroy());
    await new Promise((resolve) => client.once('close', resolve));
  }
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});
