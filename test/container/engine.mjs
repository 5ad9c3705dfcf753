// A container engine for the test: the one that answers already, or a dockerd of our own with its own data.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '../../docker/lib/error-code.mjs';
import { ensurePackages } from '../../docker/lib/setup/packages.mjs';
import { waitFor } from '../support/wait-for.js';

const READY_LIMIT_MS = 60_000;
const BRIDGE = '/sys/class/net/docker0';
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

/** Debian's client, where it is installed: another one earlier in PATH may be too new for Debian's engine. */
const client = () => (spawnSync('/usr/bin/docker', ['--version']).error ? 'docker' : '/usr/bin/docker');

/** @param {NodeJS.ProcessEnv} env */
const answers = (env) => spawnSync(client(), ['info'], { env, stdio: 'ignore', timeout: 20_000 }).status === 0;

/**
 * An engine that answers; its commands are to be run in `env`.
 * @typedef {object} Engine
 * @property {string} docker
 * @property {readonly [program: string, ...args: string[]]} compose
 * @property {NodeJS.ProcessEnv} env
 * @property {() => Promise<void>} stop
 */

/**
 * The compose command, as words; undefined when there is none.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Engine['compose'] | undefined}
 */
function composeCommand(env) {
  /** @type {readonly Engine['compose'][]} */
  const known = [[client(), 'compose'], ['docker-compose']];
  for (const words of known) {
    const [program, ...args] = words;
    if (spawnSync(program, [...args, 'version'], { env, stdio: 'ignore' }).status === 0) return words;
  }
  return undefined;
}

/** Remembers the firewall and returns what puts it back: dockerd leaves its bridge and its rules behind when it ends. */
function rememberFirewall() {
  const saved = spawnSync('iptables-save', { encoding: 'utf8' }).stdout;
  const forwarding = readFileSync(FORWARDING, 'utf8');
  const hadBridge = existsSync(BRIDGE);
  return () => {
    if (!hadBridge) spawnSync('ip', ['link', 'delete', 'docker0']);
    for (const table of ['filter', 'nat']) {
      if (saved?.includes(`*${table}`)) continue;
      // The table was not in use before: emptied, it is as good as gone.
      spawnSync('iptables', ['-t', table, '-F']);
      spawnSync('iptables', ['-t', table, '-X']);
    }
    spawnSync('iptables', ['-P', 'FORWARD', 'ACCEPT']);
    if (saved) spawnSync('iptables-restore', { input: saved });
    writeFileSync(FORWARDING, forwarding);
  };
}

/**
 * Where dockerd cannot share its data folder with the mounts above, it mounts the folder on itself and leaves that behind.
 * @param {string} folder
 */
function unmountBelow(folder) {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => place.startsWith(`${folder}/`));
  for (const place of mounts.reverse()) spawnSync('umount', ['--lazy', place]);
}

/**
 * Resolves to an engine, or to the reason why none can run here.
 * @returns {Promise<Engine | { missing: string }>}
 */
export async function openEngine() {
  if (answers(process.env)) {
    const compose = composeCommand(process.env);
    return compose
      ? { docker: client(), compose, env: process.env, stop: async () => {} }
      : { missing: 'there is no docker compose' };
  }
  if (process.getuid?.() !== 0) return { missing: 'no engine answers, and only root can start one' };
  try {
    await ensurePackages(['container']);
  } catch (error) {
    return { missing: errorMessage(error) };
  }
  const folder = mkdtempSync(join(tmpdir(), 'neko-engine-'));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const config = join(folder, 'daemon.json');
  writeFileSync(config, '{}');
  const log = openSync(join(folder, 'log'), 'w');
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  const restoreFirewall = rememberFirewall();
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
    restoreFirewall();
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const env = { ...process.env, DOCKER_HOST: socket };
  await waitFor('the engine', () => over || answers(env), READY_LIMIT_MS).catch(() => undefined);
  const compose = composeCommand(env);
  if (!over && compose && answers(env)) return { docker: client(), compose, env, stop };
  const words = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  await stop();
  return { missing: `dockerd does not come up:\n${words}` };
}
