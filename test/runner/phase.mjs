// One phase of npm test: a child process whose results are read from a file it writes, or from its exit code.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '../../docker/lib/error-code.mjs';

const KILL_AFTER_MS = 10_000;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/**
 * `gaps` are those of the skipped ones that ran and failed as known.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} [gaps]
 * @property {string[]} notes
 */

/** @typedef {Counts & { title: string, seconds: number }} Outcome */

/**
 * `read` turns what the program wrote to the file that RESULT_FILE names, and that `args` may be a function of, into counts.
 * @template Results
 * @typedef {object} Phase
 * @property {string} title
 * @property {string} [program]  Node.js, unless it is given
 * @property {readonly string[] | ((resultFile: string) => readonly string[])} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} limitMs
 * @property {(results: Results) => Counts} [read]
 * @property {boolean} [aside]
 */

/**
 * `read` of a phase whose program writes counts.
 * @param {Counts} counts
 */
export const asWritten = (counts) => counts;

/**
 * Runs a program that writes to `output`; resolves with its exit code, or a text when it had to be ended or cannot start.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, limitMs: number, output: number | 'inherit' }} options
 * @returns {Promise<number | string | null>}
 */
function finish(program, args, { cwd, env, limitMs, output }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output], detached: true });
    /** @param {NodeJS.Signals} signal */
    const end = (signal) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // The group is gone.
      }
    };
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), KILL_AFTER_MS).unref();
    }, limitMs);
    const orphan = () => end('SIGKILL');
    process.once('exit', orphan);
    /** @param {number | string | null} value */
    const settle = (value) => {
      clearTimeout(limit);
      process.off('exit', orphan);
      end('SIGKILL');
      resolve(late ? `not done within ${limitMs / 60_000} minutes` : value);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(signal ? `ended by ${signal}` : code));
  });
}

/**
 * Runs one phase; without `read` the whole of it is one test. A phase that ends badly without having reported a failure counts
 * as one failure. What a phase says that runs `aside` of others is printed when it is over.
 * @template Results
 * @param {Phase<Results>} phase
 * @returns {Promise<Outcome>}
 */
export async function runPhase({ title, program = process.execPath, args, cwd, env = process.env, limitMs, read, aside }) {
  const heading = `\n=== ${title}`;
  if (!aside) console.log(heading);
  const startedMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'npm-test-'));
  const file = join(folder, 'result.json');
  const words = typeof args === 'function' ? args(file) : args;
  const log = join(folder, 'log');
  const output = aside ? openSync(log, 'w') : 'inherit';
  const end = await finish(program, words, { cwd, env: { ...env, RESULT_FILE: file }, limitMs, output });
  if (output !== 'inherit') {
    closeSync(output);
    console.log(`${heading}\n${readFileSync(log, 'utf8')}`);
  }
  /** @type {Omit<Outcome, 'seconds'>} */
  const outcome = { title, passed: 0, failed: 0, skipped: 0, notes: [] };
  try {
    if (read && existsSync(file)) Object.assign(outcome, read(JSON.parse(readFileSync(file, 'utf8'))));
    else if (read) outcome.notes.push('no results were written');
    else if (end === 0) outcome.passed = 1;
  } catch (error) {
    outcome.notes.push(`its results cannot be read: ${errorMessage(error)}`);
  }
  // A runner that met nothing but known gaps calls that a failure, which it is not here.
  const well = end === 0 || (end === 1 && (outcome.gaps ?? 0) > 0);
  if (!well) outcome.notes.push(typeof end === 'string' ? end : `exit code ${end}`);
  const nothing = outcome.passed + outcome.skipped === 0 && outcome.notes.length > 0;
  if (outcome.failed === 0 && (!well || nothing)) outcome.failed = 1;
  rmSync(folder, { recursive: true, force: true });
  return { ...outcome, seconds: (Date.now() - startedMs) / 1_000 };
}
