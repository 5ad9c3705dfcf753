// One phase of npm test: a child process whose results are read from a file it writes, or from its exit code.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KILL_AFTER_MS = 10_000;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** @typedef {{ title: string, passed: number, failed: number, skipped: number, notes: string[], seconds: number }} Outcome */

/** Runs a program that writes to `output`; resolves with its exit code, or a text when it had to be ended or cannot start. */
function finish(program, args, { cwd, env, limitMs, output }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output], detached: true });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
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
 * Runs one phase. `read(text)` turns the file named by RESULT_FILE (which `args` may be a function of) into
 * `{ passed, failed, skipped, gaps, notes }`, where `gaps` are the skipped ones that ran and failed as known; without `read` the whole phase is one test. A phase that ends badly without having
 * reported a failure counts as one failure. What a phase says that runs `aside` of others is printed when it is over.
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
  if (aside) {
    closeSync(output);
    console.log(`${heading}\n${readFileSync(log, 'utf8')}`);
  }
  const outcome = { title, passed: 0, failed: 0, skipped: 0, notes: [] };
  try {
    if (read && existsSync(file)) Object.assign(outcome, read(JSON.parse(readFileSync(file, 'utf8'))));
    else if (read) outcome.notes.push('no results were written');
    else if (end === 0) outcome.passed = 1;
  } catch (error) {
    outcome.notes.push(`its results cannot be read: ${error.message}`);
  }
  // A runner that met nothing but known gaps calls that a failure, which it is not here.
  const well = end === 0 || (end === 1 && outcome.gaps > 0);
  if (!well) outcome.notes.push(typeof end === 'number' ? `exit code ${end}` : end);
  const nothing = outcome.passed + outcome.skipped === 0 && outcome.notes.length > 0;
  if (outcome.failed === 0 && (!well || nothing)) outcome.failed = 1;
  rmSync(folder, { recursive: true, force: true });
  return { ...outcome, seconds: (Date.now() - startedMs) / 1_000 };
}
