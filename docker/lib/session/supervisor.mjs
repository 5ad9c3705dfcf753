// Runs supervisord on docker/supervisord.conf and reports the events of its programs.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { processAlive } from '../process-alive.mjs';
import { Stop } from '../setup/progress.mjs';

const SWEEP_MS = 50;
const STOP_LIMIT_MS = 5_000;

/** Programs that the others need until their own end. */
const LAST_TO_END = ['x-server', 'pulseaudio'];

/** @typedef {'started' | 'ended' | 'gave-up'} ProgramEvent */
/** @typedef {(program: string, what: ProgramEvent, detail: string) => void} OnProgramEvent */

/** @type {readonly (readonly [RegExp, ProgramEvent])[]} */
const EVENTS = [
  [/spawned: '(\S+)' with pid (\d+)/, 'started'],
  [/exited: (\S+) \((.+)\)/, 'ended'],
  [/gave up: (\S+) entered FATAL/, 'gave-up'],
];

/**
 * Processes that carry our mark in their environment, other than this one.
 * @param {string} mark
 */
function marked(mark) {
  /** @type {number[]} */
  const found = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').includes(`\0${mark}\0`)) found.push(Number(name));
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  return found;
}

/**
 * @param {readonly number[]} pids
 * @param {NodeJS.Signals} signal
 */
function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended by itself.
    }
  }
}

/**
 * @typedef {object} Supervised
 * @property {string} config  the file
 * @property {NodeJS.ProcessEnv} env
 * @property {string} mark  a word that no other session has
 * @property {OnProgramEvent} onEvent
 */

/**
 * Starts supervisord with exactly the environment `env`. `gone` resolves with its last words once supervisord ended; `stop()`
 * ends every process of the session, `kill()` does so at once. Throws Stop.
 * @param {Supervised} supervised
 */
export function superviseSession({ config, env, mark, onEvent }) {
  const binary = '/usr/bin/supervisord';
  if (!existsSync(binary)) throw new Stop('supervisord is not installed: install the package supervisor.');
  // In a session of its own, so that Ctrl-C reaches only us and we choose the order of ending. If we are killed, the kernel ends
  // supervisord, which ends its programs.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', binary, '-c', config], {
    env: { ...env, SESSION_MARK: mark },
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let rest = '';
  let lastWords = '';
  /** @type {Map<string, number>} */
  const pids = new Map();
  /** @type {Set<number>} */
  const leaders = new Set();
  let ending = false;
  /** @param {Buffer} data */
  const hear = (data) => {
    lastWords = (lastWords + String(data)).slice(-4_000);
    const lines = (rest + String(data)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      for (const [pattern, what] of EVENTS) {
        const [, program, detail = ''] = pattern.exec(line) ?? [];
        if (program === undefined) continue;
        if (what === 'started') {
          pids.set(program, Number(detail));
          leaders.add(Number(detail));
        }
        if (what === 'ended') {
          const pid = pids.get(program);
          if (!ending && pid !== undefined) leaders.delete(pid);
          pids.delete(program);
        }
        onEvent(program, what, detail);
      }
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  /** @type {Promise<string>} */
  const gone = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(lastWords.trim()));
  });
  const pause = () => new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
  /** All processes of the session but supervisord itself. */
  const left = () => marked(`SESSION_MARK=${mark}`).filter((pid) => pid !== child.pid);
  const kill = async () => {
    child.kill('SIGKILL');
    // Every program leads a process group, which includes processes that overwrote their environment, as Chromium's do.
    signalAll(
      [...leaders].map((pid) => -pid),
      'SIGKILL',
    );
    for (let found = left(); found.length > 0; found = left()) {
      signalAll(found, 'SIGKILL');
      await pause();
    }
  };
  /** @type {(names: readonly string[], deadline: number) => Promise<void>} */
  const endPrograms = async (names, deadline) => {
    const asked = names.flatMap((name) => pids.get(name) ?? []);
    signalAll(asked, 'SIGTERM');
    while (Date.now() < deadline && asked.some((pid) => processAlive(pid))) await pause();
  };
  return {
    gone,
    kill,
    async stop() {
      // After SIGTERM supervisord restarts nothing, but it ends only one program per second: we are quicker ourselves.
      ending = true;
      const deadline = Date.now() + STOP_LIMIT_MS;
      child.kill('SIGTERM');
      await endPrograms(
        [...pids.keys()].filter((name) => !LAST_TO_END.includes(name)),
        deadline,
      );
      await endPrograms(
        LAST_TO_END.filter((name) => pids.has(name)),
        deadline,
      );
      // The rest are children of children, such as a browser's helpers, that outlived their parent.
      await kill();
    },
  };
}
