// Without a desktop of our own: the server alone, on a display that runs already, started again for as long as we run.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDING_SIGNALS } from '../ending-signals.mjs';

/** The server's exit code (EX_CONFIG) for a configuration that stays wrong however often it is started. */
const REFUSED_CONFIGURATION = 78;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A run of this length ends a series of short ones. */
const LONG_RUN_MS = 60_000;

/**
 * A signal that came while the server runs.
 * @typedef {object} Interruption
 * @property {NodeJS.Signals} [signal]
 * @property {import('node:child_process').ChildProcess} [child]
 * @property {() => void} wake
 */

/**
 * Runs the server once in the foreground; resolves with its exit code or signal.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {Interruption} interruption
 * @returns {Promise<number | string | null>}
 */
function runOnce(command, env, interruption) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { stdio: 'inherit', detached: true, env });
    interruption.child = child;
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/**
 * Waits, but no longer than until a signal ends us.
 * @param {number} ms
 * @param {Interruption} interruption
 * @returns {Promise<void>}
 */
function pause(ms, interruption) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    interruption.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/**
 * Runs the server until it ends in good order, refuses its configuration or a signal ends us; resolves with its exit code.
 * @param {string} root
 * @param {readonly string[]} args
 */
export async function attach(root, args) {
  const folder = mkdtempSync(join(tmpdir(), 'neko-attached-'));
  const command = [join(root, 'dist/server/main.js'), 'serve', ...args];
  /** @type {Interruption} */
  const interruption = { wake: () => {} };
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      interruption.signal = signal;
      interruption.child?.kill(signal);
      interruption.wake();
    });
  }
  try {
    for (let short = 0; ; ) {
      const startedMs = Date.now();
      const end = await runOnce(command, { ...process.env, SESSION_PRIVATE: folder }, interruption);
      if (interruption.signal !== undefined || end === 0 || end === REFUSED_CONFIGURATION)
        return typeof end === 'number' ? end : 1;
      short = Date.now() - startedMs < LONG_RUN_MS ? short + 1 : 1;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(short - 1, 10));
      console.error(`! The server ended (${end}) and is started again in ${pauseMs / 1_000} s`);
      await pause(pauseMs, interruption);
      if (interruption.signal !== undefined) return 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
