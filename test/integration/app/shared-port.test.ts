import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSharedPort } from '../../../server/listening/shared-port.js';
import { freePort } from '../../support/free-port.mjs';

function echo(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
}

async function open(http: Server = createServer(echo)): Promise<{ port: number; ice: { socket: Socket; firstBytes: Buffer }[] }> {
  const ice: { socket: Socket; firstBytes: Buffer }[] = [];
  const shared = createSharedPort(http, { admit: () => true, release: () => {} }, (socket, firstBytes) =>
    ice.push({ socket, firstBytes }),
  );
  const port = await freePort();
  await shared.listen({ host: '127.0.0.1', port });
  onTestFinished(() => {
    for (const { socket } of ice) socket.destroy();
    shared.close();
    http.closeAllConnections();
  });
  return { port, ice };
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

test('HTTPS shares the port as well: a TLS record begins with 0x16', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  const { port } = await open(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, echo));
  const body = await new Promise<string>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/secure', method: 'POST', rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.setTimeout(5000, () => asked.destroy(new Error('no answer over TLS within 5 s')));
    asked.end('words');
  });
  expect(body).toBe('POST /secure words');
});
