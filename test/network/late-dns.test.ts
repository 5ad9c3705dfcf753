import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.mjs';
import { waitFor } from '../support/wait-for.js';
import { startXServer } from '../support/x-server.js';

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));

test('host names that do not resolve at boot do not end the server, and are used once they do', async () => {
  const x = await startXServer({ first: 60 });
  onTestFinished(() => x.stop());
  const folder = mkdtempSync(join(tmpdir(), 'late-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n');
  // Nothing answers at this place: the state of a machine whose resolver is not up yet.
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  const port = await freePort();
  const script = `mount --bind '${hosts}' /etc/hosts && mount --bind '${folder}/resolv.conf' /etc/resolv.conf && exec "$@"`;
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', process.execPath, MAIN, 'serve'], {
    env: {
      PATH: process.env.PATH ?? '',
      NEKO_DESKTOP_DISPLAY: x.display,
      NEKO_SERVER_BIND: `127.0.0.1:${port}`,
      NEKO_WEBRTC_NAT1TO1: 'late.example',
      NEKO_WEBRTC_CANDIDATES: 'late.example:5000',
      NEKO_WEBRTC_ICESERVERS_BACKEND: '[{"urls":"stun:stun.late.example"}]',
      NEKO_WEBRTC_ICESERVERS_FRONTEND: '[{"urls":"turn:turn.late.example","username":"u","credential":"c"}]',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += String(data);
    });
  const healthy = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('a healthy server without its names', healthy, 40_000).catch((error: Error) => {
    throw new Error(`${error.message}\n${output}`);
  });
  expect(output).toContain('late.example');
  expect(output).toContain('name does not resolve');
  appendFileSync(hosts, '203.0.113.5 late.example\n');
  await waitFor('the name to be known', () => output.includes('name resolves now'), 40_000);
  expect(output).toContain('203.0.113.5');
  expect(child.exitCode).toBeNull();
}, 120_000);
