// What the parts of the container test have in common.
const READY_LIMIT_MS = 90_000;

export function expect(fact, message) {
  if (!fact) throw new Error(message);
}

/** Waits until `reached()` gives something, and resolves with it. */
export async function until(what, reached) {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const value = await reached();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${READY_LIMIT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export const logIn = (url, password) =>
  fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'tester', password }),
  });
