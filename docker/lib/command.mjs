// Child processes of the preparing steps: their output is kept for the error, its last line shown as progress.
import { spawn } from 'node:child_process';
import { failureAdvice } from './setup/failure-advice.mjs';
import { Stop } from './setup/progress.mjs';

/** @import { Report } from './setup/progress.mjs' */

const KEPT_CHARACTERS = 20_000;
const SHOWN_LINES = 30;
const NOTICE_AFTER_MS = 1_000;
/** @type {ReadonlyMap<NodeJS.Signals, number>} */
const EXIT_CODES = new Map([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]);

/** A program that could not start or failed; `said` is everything it printed. */
export class CommandFailed extends Stop {
  /**
   * @param {string} message
   * @param {string} said
   */
  constructor(message, said) {
    super(message);
    this.said = said;
  }
}

/**
 * Passes signals that should end us on to `child()`; `interruptedBy()` names the signal. We end after the child, so that it
 * does not go on behind the returned prompt. Called before the child is started, so that no signal is missed.
 * @param {() => import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  /** @type {NodeJS.Signals | undefined} */
  let heard;
  /** @type {NodeJS.Timeout | undefined} */
  let notice;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    heard ??= signal;
    notice ??= setTimeout(() => console.log('\n  Ending as soon as what cannot be left half done is done …'), NOTICE_AFTER_MS);
    try {
      const { pid } = child();
      if (pid !== undefined) process.kill(pid, signal);
    } catch {
      // Gone already, or root's through sudo: it gets Ctrl-C from the terminal, and may finish after other signals.
    }
  };
  for (const signal of EXIT_CODES.keys()) process.on(signal, pass);
  const end = () => {
    clearTimeout(notice);
    for (const signal of EXIT_CODES.keys()) process.off(signal, pass);
  };
  return { interruptedBy: () => heard, end };
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {Report} [report]  called with the last line
 * @property {string} [hint]
 */

/**
 * Runs a program to its end and returns what it printed (stdout and stderr as one text).
 * Rejects with a CommandFailed that shows the last lines when it cannot start or fails, and with a Stop when a signal ends
 * us. Advice is added to the message, or `hint` where the program explains itself.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
export function run(program, args, { cwd, env, report, hint = '' } = {}) {
  return new Promise((resolve, reject) => {
    let said = '';
    const signals = passSignals(() => child);
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @param {Buffer} data */
    const hear = (data) => {
      said = (said + String(data)).slice(-KEPT_CHARACTERS);
      report?.(
        said
          .trimEnd()
          .split(/[\r\n]/)
          .at(-1) ?? '',
      );
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    /** @param {string} reason */
    const fail = (reason) => {
      const tail = said.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      const advice = failureAdvice(said) ?? hint;
      const message = `${tail}\n\n${program} ${args.slice(0, 3).join(' ')}: ${reason}${advice && `\n${advice}`}`;
      reject(new CommandFailed(message, said));
    };
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => {
      signals.end();
      const interruption = signals.interruptedBy();
      if (interruption !== undefined)
        reject(new Stop('Interrupted. What is done stays; the next start goes on from there.', EXIT_CODES.get(interruption)));
      else if (code === 0) resolve(said);
      else fail(signal ? `ended by ${signal}` : `failed (${code})`);
    });
  });
}
