// A container engine for the test: the one that answers already, or a dockerd of our own with its own data.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages } from '../../docker/lib/packages.mjs';

const READY_LIMIT_MS = 60_000;
const POLL_MS = 200;

/** Debian's client, where it is installed: another one earlier in PATH may be too new for Debian's engine. */
const client = () => (spawnSync('/usr/bin/docker', ['--version']).error ? 'docker' : '/usr/bin/docker');

const answers = (env) => spawnSync(client(), ['info'], { env, stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The compose command, as words; undefined when there is none. */
function composeCommand(env) {
  for (const words of [[client(), 'compose'], ['docker-compose']]) {
    if (spawnSync(words[0], [...words.slice(1), 'version'], { env, stdio: 'ignore' }).status === 0) return words;
  }
  return undefined;
}

/**
 * Resolves to `{ docker, compose, env, stop() }`, the two as command words to be run in `env`, or to `{ missing }` with the
 * reason why no engine can run here.
 */
export async function openEngine() {
  if (answers(process.env)) {
    const compose = composeCommand(process.env);
    return compose
      ? { docker: [client()], compose, env: process.env, stop: async () => {} }
      : { missing: 'there is no docker compose' };
  }
  if (process.getuid() !== 0) return { missing: 'no engine answers, and only root can start one' };
  try {
    await ensurePackages(['container']);
  } catch (error) {
    return { missing: error.message };
  }
  const folder = mkdtempSync(join(tmpdir(), 'neko-engine-'));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const config = join(folder, 'daemon.json');
  writeFileSync(config, '{}');
  const log = openSync(join(folder, 'log'), 'w');
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  const daemon = spawn('dockerd', ['--config-file', config, ...places, '-H', socket], { stdio: ['ignore', log, log] });
  closeSync(log);
  let over = false;
  const gone = new Promise((resolve) => {
    daemon.once('exit', resolve);
    daemon.once('error', resolve);
  }).then(() => {
    over = true;
  });
  const stop = async () => {
    daemon.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const env = { ...process.env, DOCKER_HOST: socket };
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!over && !answers(env) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const compose = composeCommand(env);
  if (!over && compose && answers(env)) return { docker: [client()], compose, env, stop };
  const words = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  await stop();
  return { missing: `dockerd does not come up:\n${words}` };
}
