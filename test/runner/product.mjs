// A freshly started product on a desktop of its own, for suites that treat it as a black box.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openSessionFolder } from '../../docker/lib/session-folder.mjs';
import { freePort } from '../support/free-port.mjs';

const READY_LIMIT_MS = 60_000;
const END_LIMIT_MS = 5_000;
const POLL_MS = 50;

async function until(what, reached) {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${READY_LIMIT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const accepts = (path) =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

function start(program, args, env) {
  let said = '';
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const hear = (data) => {
    said = (said + String(data)).slice(-4_000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  let over = false;
  void gone.then(() => {
    over = true;
  });
  return {
    said: () => said,
    over: () => over,
    async end() {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      child.kill('SIGTERM');
      await gone;
      clearTimeout(timer);
    },
  };
}

/**
 * Starts X server, PulseAudio and the built server with `settings` (NEKO_* names) over the given passwords.
 * Returns `{ url, port, display, env, main, stop() }`; `env` and `main` are what another server on that desktop needs.
 */
export async function startProduct(root, settings) {
  const { username, uid, gid, homedir } = userInfo();
  const user = { name: username, uid, gid, home: homedir };
  const folder = openSessionFolder({ desktop: user, server: user }, readFileSync(join(root, 'docker/pulse/default.pa'), 'utf8'));
  const display = `:${folder.number}`;
  const started = [];
  const stop = async () => {
    for (const process of started.reverse()) await process.end();
    folder.remove();
  };
  try {
    const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NEKO_')));
    const env = { ...base, DISPLAY: display, XAUTHORITY: '/dev/null', PULSE_SERVER: `unix:${folder.pulseSocket}` };
    const x = start(
      join(root, 'docker/bin/x-server'),
      ['-config', join(root, 'docker/xorg.conf'), '-logfile', '/dev/null', '-noreset', '-nolisten', 'tcp'],
      env,
    );
    started.push(x);
    const pulseOptions = [
      '-n',
      `--file=${folder.at('run/default.pa')}`,
      '--daemonize=no',
      '--use-pid-file=no',
      '--exit-idle-time=-1',
    ];
    const pulseEnv = {
      ...env,
      PULSE_SERVER: '',
      PULSE_RUNTIME_PATH: folder.at('run/pulse'),
      PULSE_STATE_PATH: folder.at('run/pulse'),
    };
    started.push(start('pulseaudio', pulseOptions, pulseEnv));
    await until(`X server ${display}`, async () => {
      if (x.over()) throw new Error(`the X server ended: ${x.said()}`);
      return (await accepts(`/tmp/.X11-unix/X${folder.number}`)) && (await accepts(folder.pulseSocket));
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const main = join(root, 'dist/server/main.js');
    const server = start(process.execPath, [main, 'serve'], { ...env, NEKO_SERVER_BIND: `127.0.0.1:${port}`, ...settings });
    started.push(server);
    await until(`server on ${url}`, async () => {
      if (server.over()) throw new Error(`the server ended: ${server.said()}`);
      return fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    return { url, port, display, env, main, said: server.said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
