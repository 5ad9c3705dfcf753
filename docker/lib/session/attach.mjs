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
/** A run as long as this ends a row of short ones. */
const LONG_RUN_MS = 60_000;

/**
 * What we were told while the server runs.
 * @typedef {object} Told
 * @property {NodeJS.Signals} [signal]
 * @property {import('node:child_process').ChildProcess} [child]
 * @property {() => void} wake
 */

/**
 * Runs the server once in the foreground; resolves with its exit code or signal.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {Told} told
 * @returns {Promise<number | string | null>}
 */
function runOnce(command, env, told) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { stdio: 'inherit', detached: true, env });
    told.child = child;
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/**
 * Waits, but no longer than until we are told to end.
 * @param {number} ms
 * @param {Told} told
 * @returns {Promise<void>}
 */
function pause(ms, told) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    told.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/**
 * Runs the server until it ends in good order, refuses its configuration or we are told to end; resolves with its exit code.
 * @param {string} root
 * @param {readonly string[]} args
 */
export async function attach(root, args) {
  const folder = mkdtempSync(join(tmpdir(), 'neko-attached-'));
  const command = [join(root, 'dist/server/main.js'), 'serve', ...args];
  /** @type {Told} */
  const told = { wake: () => {} };
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      told.signal = signal;
      told.child?.kill(signal);
      told.wake();
    });
  }
  try {
    for (let short = 0; ; ) {
      const startedMs = Date.now();
      const end = await runOnce(command, { ...process.env, SESSION_PRIVATE: folder }, told);
      if (told.signal !== undefined || end === 0 || end === REFUSED_CONFIGURATION) return typeof end === 'number' ? end : 1;
      short = Date.now() - startedMs < LONG_RUN_MS ? short + 1 : 1;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(short - 1, 10));
      console.error(`! The server ended (${end}) and is started again in ${pauseMs / 1_000} s`);
      await pause(pauseMs, told);
      if (told.signal !== undefined) return 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
