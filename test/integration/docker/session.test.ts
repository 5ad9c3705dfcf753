import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/free-port.mjs';
import { waitFor } from '../../support/wait-for.js';

const START = fileURLToPath(new URL('../../../docker/start.mjs', import.meta.url));
const AS_ROOT = process.getuid?.() === 0;
const LIMIT_MS = 60_000;
const TOKEN = `token-with-'"and blank-${process.pid}`;

/** npm start, as from a terminal. */
function launch(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [START, ...args], {
    env: { ...process.env, NEKO_WEBRTC_IP_RETRIEVAL_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += String(data);
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    await ended;
  });
  return { child, ended, output: () => output };
}

interface Process {
  readonly pid: number;
  readonly uid: number;
  readonly environment: string;
  readonly command: string;
}

/** The processes of a session, by a word in their environment. */
function processes(word: string): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const at = (file: string) => readFileSync(`/proc/${name}/${file}`, 'latin1').replaceAll('\0', ' ');
        const environment = at('environ');
        return environment.includes(word)
          ? [{ pid: Number(name), uid: statSync(`/proc/${name}`).uid, environment, command: at('cmdline') }]
          : [];
      } catch {
        return [];
      }
    });
}

const logIn = (url: string, password: string) =>
  fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'tester', password }),
  }).then(
    ({ ok }) => ok,
    () => false,
  );

test('npm start: secrets are the server’s alone, and a server that crashes again and again comes back with its passwords', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/it's`;
  const session = launch([`--server.path_prefix=/it's`, '--session.cookie.name=argument_of_the_start'], {
    NEKO_SERVER_BIND: `127.0.0.1:${port}`,
    NEKO_SESSION_API_TOKEN: TOKEN,
  });
  await waitFor('the session', () => session.output().includes('Ctrl-C ends everything'), LIMIT_MS).catch(() => {
    throw new Error(session.output());
  });
  const [, number = ''] = /Desktop on display :(\d+), logs in (\S+)\./.exec(session.output()) ?? [];
  const [, folder = ''] = /logs in (\S+)\/log\./.exec(session.output()) ?? [];
  const answer = await fetch(`${url}/api/sessions`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(answer.status).toBe(200);

  const all = processes(`DISPLAY=:${number} `);
  const server = () => processes(`SESSION_PRIVATE=${folder}/private`).find(({ command }) => command.includes('main.js serve'));
  const applications = all.filter(({ command }) => !command.includes('dist/server/'));
  for (const program of ['chromium', 'Xorg', 'pulseaudio', 'openbox', 'supervisord'])
    expect(applications.map(({ command }) => command).join('\n')).toContain(program);
  for (const { command, environment } of applications) {
    expect(`${environment} ${command}`).not.toContain(TOKEN);
    expect(`${environment} ${command}`).not.toContain('argument_of_the_start');
  }
  expect(server()?.command).not.toContain('argument_of_the_start');
  // The worker, as whatever else the server starts.
  for (const { environment } of all.filter(({ command }) => command.includes('capture/worker')))
    expect(environment).not.toContain(TOKEN);
  if (AS_ROOT) {
    const desktop = new Set(applications.filter(({ command }) => !command.includes('supervisord')).map(({ uid }) => uid));
    expect(desktop.size).toBe(1);
    expect(desktop.has(0)).toBe(false);
    expect(desktop.has(server()?.uid ?? 0)).toBe(false);
    // Nothing that supervisor, as root, writes to lies where an application could put a link in its stead.
    for (const name of ['.', 'log', 'output', 'log/xorg.log', 'supervisor.sock']) {
      const { uid, mode } = lstatSync(join(folder, name));
      expect([name, uid, mode & 0o022]).toEqual([name, 0, 0]);
    }
    for (const name of ['private', 'output', 'supervisor.sock']) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  }

  const [, guest = ''] = /user\s+(\S+)\s+http/.exec(session.output()) ?? [];
  expect(await logIn(url, guest)).toBe(true);
  for (let times = 1; times <= 2; times += 1) {
    process.kill(server()?.pid ?? 0, 'SIGKILL');
    await waitFor('another server', () => session.output().split('neko-ts is ready').length === times + 2, LIMIT_MS);
  }
  expect(await logIn(url, guest)).toBe(true);
  expect(session.output()).toContain('the next try is in 2 s');

  session.child.kill('SIGINT');
  expect(await session.ended).toBe(0);
  expect(existsSync(folder)).toBe(false);
}, 150_000);

test('npm start: a configuration that is refused ends it, with the reason', async () => {
  const session = launch([], { NEKO_SERVER_BIND: `127.0.0.1:${await freePort()}`, NEKO_SCREEN: 'wide' });
  expect(await session.ended).toBe(1);
  expect(session.output()).toContain('NEKO_SCREEN: "wide" is refused');
  expect(session.output()).toContain('does not start with this configuration');
}, 90_000);

test('npm start on a running display: a display that comes late does not end it', async () => {
  const session = launch([], { NEKO_SERVER_BIND: `127.0.0.1:${await freePort()}`, NEKO_DESKTOP_DISPLAY: ':2999' });
  await waitFor('a second try', () => session.output().includes('is started again in 2 s'), LIMIT_MS).catch(() => {
    throw new Error(session.output());
  });
  session.child.kill('SIGTERM');
  expect(await session.ended).toBe(1);
}, 90_000);
