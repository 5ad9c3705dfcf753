// What the parts of the container test have in common.
import { waitFor } from '../support/wait-for.js';

const READY_LIMIT_MS = 90_000;

export function expect(fact, message) {
  if (!fact) throw new Error(message);
}

/** What a container does takes its time. */
export const until = (what, reached) => waitFor(what, reached, READY_LIMIT_MS);

export const logIn = (url, password) =>
  fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'tester', password }),
  });
