/** The outcome of a login. An empty token means that the token is in a cookie. */
export type LoginOutcome =
  | { readonly kind: 'accepted'; readonly token: string }
  | { readonly kind: 'refused'; readonly notice: string; readonly retryAfterS: number | null }
  | { readonly kind: 'unreachable' };

/** Reads the answer to `POST api/login`; `retryAfter` is the header of that name, `body` the parsed JSON or null. */
export function readLoginAnswer(status: number, retryAfter: string | null, body: unknown): LoginOutcome {
  if (status === 200) {
    const token =
      typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string' ? body.token : '';
    return { kind: 'accepted', token };
  }
  switch (status) {
    case 400:
      return refused('This name cannot be used. Choose a short one that others can see.');
    case 401:
      return refused('The name or the password is not right.');
    case 403:
      return refused('Sign-in is locked at the moment. An admin can open it.');
    case 422:
      return refused('Someone with this name is already here.');
    case 429: {
      const seconds = Number(retryAfter);
      return refused('Too many wrong passwords.', Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 30);
    }
    default:
      // A proxy in front of a server that restarts answers 502 to 504.
      if (status >= 502 && status <= 504) return { kind: 'unreachable' };
      return refused(`The server could not sign you in (error ${status}).`);
  }
}

function refused(notice: string, retryAfterS: number | null = null): LoginOutcome {
  return { kind: 'refused', notice, retryAfterS };
}
