import { apiUrl } from './endpoints.js';
import { type LoginOutcome, readLoginAnswer } from './login-outcome.js';

const TIMEOUT_MS = 8_000;

/** Signs in with a name and a password; never throws. */
export async function logIn(pageBase: string, username: string, password: string): Promise<LoginOutcome> {
  try {
    const response = await post(apiUrl(pageBase, 'login'), null, { username, password });
    const body: unknown = await response.json().catch(() => null);
    return readLoginAnswer(response.status, response.headers.get('retry-after'), body);
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Carries out a room command such as `room/control/take`; true when the server did it. */
export async function command(pageBase: string, token: string, path: string): Promise<boolean> {
  try {
    const response = await post(apiUrl(pageBase, path), token, undefined);
    return response.ok;
  } catch {
    return false;
  }
}

function post(url: string, token: string | null, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
