// Progress messages while a command prepares things.
import { failureAdvice } from './failure-advice.mjs';

/** A failure that the reader can do something about: only its message is shown, no stack. */
export class Stop extends Error {
  /** @param {string} message */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const TICK_MS = 1_000;
const REMINDER_MS = 10_000;
/** @param {number} sinceMs */
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`;

/** @typedef {(doing: string) => void} Report */

/**
 * Runs `work(report)` and keeps showing that it runs: a line that is rewritten every second on a terminal, a reminder
 * every ten seconds elsewhere. Call `report` with the present step. Nothing is shown for work done within a second.
 * @template Result
 * @param {string} title
 * @param {(report: Report) => Result | Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function step(title, work) {
  const startedMs = Date.now();
  const live = process.stdout.isTTY === true;
  let detail = '';
  let announced = false;
  let remindedMs = startedMs;
  const tick = () => {
    if (!live && announced && Date.now() - remindedMs < REMINDER_MS) return;
    remindedMs = Date.now();
    const line = announced || live ? `  ${title} … ${seconds(startedMs)}${detail && `  ${detail}`}` : `  ${title} …`;
    process.stdout.write(live ? `\r\x1b[K${line.slice(0, (process.stdout.columns ?? 100) - 1)}` : `${line}\n`);
    announced = true;
  };
  const timer = setInterval(tick, TICK_MS);
  /** @type {(mark: string, always: boolean) => void} */
  const end = (mark, always) => {
    clearInterval(timer);
    if (live && announced) process.stdout.write('\r\x1b[K');
    if (announced || always) console.log(`${mark} ${title} (${seconds(startedMs)})`);
  };
  try {
    const result = await work((text) => {
      detail = text;
    });
    end('✓', false);
    return result;
  } catch (error) {
    end('✗', true);
    throw error;
  }
}

/**
 * A failure of the file system that the reader can mend, such as another user's folder, as a Stop.
 * @param {unknown} error
 */
function asStop(error) {
  if (!(error instanceof Error) || error instanceof Stop || !('syscall' in error)) return error;
  const advice = failureAdvice(error.message);
  return advice === undefined ? error : new Stop(`${error.message}\n${advice}`);
}

/**
 * Runs the main function of a command: a Stop is printed as its message, anything else with its stack, and gives the exit code.
 * @param {() => Promise<number | undefined>} main
 */
export async function runCommand(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (thrown) {
    const error = asStop(thrown);
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exitCode = error instanceof Stop ? error.exitCode : 1;
  }
}
