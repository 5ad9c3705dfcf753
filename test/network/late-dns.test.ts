import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.mjs';
import { isHealthy, ServerProcess } from '../support/servers/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { startXServer } from '../support/x/x-server.js';

test('host names that do not resolve at boot do not end the server, and are used once they do', async () => {
  const x = await startXServer({ first: 60 });
  onTestFinished(() => x.stop());
  const folder = mkdtempSync(join(tmpdir(), 'late-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n');
  // Nothing answers at this place: the state of a machine whose resolver is not up yet.
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  const script = `mount --bind '${hosts}' /etc/hosts && mount --bind '${folder}/resolv.conf' /etc/resolv.conf && exec "$@"`;
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = new ServerProcess({
    env: {
      NEKO_DESKTOP_DISPLAY: x.display,
      NEKO_SERVER_BIND: new URL(url).host,
      NEKO_WEBRTC_NAT1TO1: 'late.example',
      NEKO_WEBRTC_CANDIDATES: 'late.example:5000',
      NEKO_WEBRTC_ICESERVERS_BACKEND: '[{"urls":"stun:stun.late.example"}]',
      NEKO_WEBRTC_ICESERVERS_FRONTEND: '[{"urls":"turn:turn.late.example","username":"u","credential":"c"}]',
    },
    spawn: (command, args, options) => spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', command, ...args], options),
  });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  await server.start();
  await waitFor('a healthy server without its names', () => isHealthy(url), 40_000).catch((error: Error) => {
    throw new Error(`${error.message}\n${server.output}`);
  });
  expect(server.output).toContain('late.example');
  expect(server.output).toContain('name does not resolve');
  appendFileSync(hosts, '203.0.113.5 late.example\n');
  await waitFor('the name to be known', () => server.output.includes('name resolves now'), 40_000);
  expect(server.output).toContain('203.0.113.5');
  expect(server.exitCode).toBeNull();
}, 120_000);
