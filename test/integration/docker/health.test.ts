import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/free-port.mjs';
import { ServerProcess } from '../../support/servers/server-process.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer } from '../../support/x/x-server.js';

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'health-'));
const outside =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';

let x: Awaited<ReturnType<typeof startXServer>>;
let port = 0;

beforeAll(async () => {
  x = await startXServer({ first: 60 });
  port = await freePort();
  const certificate = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=x'];
  spawnSync('openssl', [...certificate, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]);
  writeFileSync(join(folder, 'neko.yaml'), `server:\n  bind: "127.0.0.3:${port}"\n  path_prefix: /from/yaml\n`);
});

afterAll(async () => {
  await x.stop();
  rmSync(folder, { recursive: true });
});

const asked = (runtime: string) =>
  spawnSync(process.execPath, [path('docker/bin/health.mjs')], { env: { SESSION_PRIVATE: runtime }, encoding: 'utf8' });

test.each<[string, () => Record<string, string>]>([
  ['every address', () => ({ NEKO_SERVER_BIND: `:${port}` })],
  ['names of v2, with a prefix', () => ({ NEKO_BIND: `127.0.0.1:${port}`, NEKO_PATH_PREFIX: 'desk/one/' })],
  ['an address that is not loopback', () => ({ NEKO_SERVER_BIND: `${outside}:${port}`, NEKO_SERVER_PATH_PREFIX: '/p' })],
  ['IPv6', () => ({ NEKO_SERVER_BIND: `[::1]:${port}` })],
  ['a YAML file', () => ({ NEKO_CONFIG: join(folder, 'neko.yaml') })],
  [
    'TLS',
    () => ({
      NEKO_SERVER_BIND: `127.0.0.1:${port}`,
      NEKO_SERVER_CERT: join(folder, 'cert.pem'),
      NEKO_SERVER_KEY: join(folder, 'key.pem'),
    }),
  ],
])('the health check follows %s', async (title, settings) => {
  const runtime = join(folder, title.replaceAll(' ', '-'));
  mkdirSync(runtime);
  expect(asked(runtime)).toMatchObject({ status: 1, stdout: 'the server does not listen yet\n' });
  const server = new ServerProcess({
    env: { NEKO_DESKTOP_DISPLAY: x.display, NEKO_WEBRTC_IP_RETRIEVAL_URL: '', SESSION_PRIVATE: runtime, ...settings() },
  });
  onTestFinished(async () => void (await server.stop('SIGKILL')));
  await server.start();
  const healthy = () => asked(runtime).status === 0;
  await waitFor('a healthy server', healthy).catch(() => {
    throw new Error(`${asked(runtime).stdout}\n${server.output}`);
  });
  await server.stop('SIGKILL');
  expect(asked(runtime)).toMatchObject({ status: 1, stdout: expect.stringContaining('ECONNREFUSED') });
});
