// The one way to wait for a state, for tests and for programs that plain Node.js runs.
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
const DEADLINE_MS = 20_000;

/**
 * @template T
 * @typedef {Exclude<T, false | 0 | '' | null | undefined>} Truthy
 */

/**
 * @template T
 * @typedef {() => T | Promise<T>} Probe
 */

/**
 * @template T
 * @param {T} value
 * @returns {value is Truthy<T>}
 */
const isTruthy = (value) => Boolean(value);

/**
 * @template T
 * @param {string} what
 * @param {Probe<T>} probe
 * @param {number} [deadlineMs]
 */
async function poll(what, probe, deadlineMs = DEADLINE_MS) {
  const end = performance.now() + deadlineMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const value = await probe();
    if (isTruthy(value)) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Resolves with the first truthy value of `probe`; rejects, naming what was waited for, after `deadlineMs` (20 s by default).
 * @template T
 * @overload
 * @param {string} what
 * @param {Probe<T>} probe
 * @param {number} [deadlineMs]
 * @returns {Promise<Truthy<Awaited<T>>>}
 */
/**
 * The same where the probe's own text says well enough what is waited for.
 * @template T
 * @overload
 * @param {Probe<T>} probe
 * @param {number} [deadlineMs]
 * @returns {Promise<Truthy<Awaited<T>>>}
 */
/**
 * @template T
 * @param {string | Probe<T>} first
 * @param {Probe<T> | number} [second]
 * @param {number} [third]
 */
export async function waitFor(first, second, third) {
  if (typeof second === 'function') return poll(String(first), second, third);
  if (typeof first === 'function') return poll(String(first), first, second);
  throw new TypeError(`nothing to wait for: ${first}`);
}
