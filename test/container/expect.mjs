// What the parts of the container test have in common.
import { waitFor } from '../support/wait-for.js';

const READY_LIMIT_MS = 90_000;

/**
 * One test; the text that `body` resolves to is shown beside its name.
 * @typedef {(name: string, body: () => Promise<string | void>) => Promise<void>} Test
 */

/**
 * Runs the engine's command and returns what it prints.
 * @typedef {(...args: string[]) => string} Docker
 */

/**
 * The running container; `url` is its server's from outside.
 * @typedef {object} Container
 * @property {Test} test
 * @property {Docker} docker
 * @property {string} id
 * @property {string} url
 */

/**
 * @param {boolean} fact
 * @param {string} message
 * @returns {asserts fact}
 */
export function expect(fact, message) {
  if (!fact) throw new Error(message);
}

/**
 * What a container does takes its time.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} reached
 */
export const until = (what, reached) => waitFor(what, reached, READY_LIMIT_MS);

/**
 * @param {string} url
 * @param {string} password
 */
export const logIn = (url, password) =>
  fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'tester', password }),
  });
