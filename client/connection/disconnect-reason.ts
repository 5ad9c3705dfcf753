import { assertNever } from '../../server/lib/assert-never.js';
import { disconnectCode } from '../../server/protocol/errors/disconnects.js';

/** The consequence of a `system/disconnect`, and the text for the user. */
export type DisconnectVerdict =
  /** The token is no longer valid: sign in again, automatically where the page can. */
  | { readonly kind: 'sign-in'; readonly notice: string }
  /** The server stops, or an old socket is still open: try again automatically. */
  | { readonly kind: 'retry'; readonly notice: string; readonly waitMs: number }
  /** Automatic reconnects would fight with another client: the user decides. */
  | { readonly kind: 'ended'; readonly notice: string };

/** The server drops an old socket after 5 s; a retry before that is refused again. */
const LINGERING_SOCKET_MS = 5_500;

/** Found by the page: the login succeeded, and the browser did not keep the cookie. */
export const COOKIE_LOST = 'cookie-lost';

/** The meaning of the words of a `system/disconnect`; neko's are known, others are shown as they are. */
export function readDisconnect(message: string): DisconnectVerdict {
  const code = message === COOKIE_LOST ? COOKIE_LOST : disconnectCode(message);
  switch (code) {
    case 'no-credentials':
    case 'unknown-session':
      return {
        kind: 'sign-in',
        notice: 'Your sign-in is no longer valid, the server may have been restarted. Please sign in again.',
      };
    case COOKIE_LOST:
      return {
        kind: 'sign-in',
        notice:
          'The server keeps your sign-in in a cookie, and this browser did not keep it. Allow cookies for this page, or open it over HTTPS.',
      };
    case 'session-expired':
      return { kind: 'sign-in', notice: 'You were signed out because your session has ended. Please sign in again.' };
    case 'banned':
      return { kind: 'ended', notice: 'An admin has banned you from this desktop.' };
    case 'session-deleted':
      return { kind: 'ended', notice: 'You have been signed out.' };
    case 'login-disabled':
      return { kind: 'ended', notice: 'An admin has switched off sign-in for you.' };
    case 'connection-disabled':
      return { kind: 'ended', notice: 'An admin has not allowed you to connect.' };
    case 'already-connected':
      return { kind: 'retry', notice: 'You are already connected somewhere else.', waitMs: LINGERING_SOCKET_MS };
    case 'connection-replaced':
      return { kind: 'ended', notice: 'This desktop was opened in another window.' };
    case 'session-disconnected':
      return { kind: 'ended', notice: 'An admin has disconnected you.' };
    case 'profile-changed':
      return { kind: 'ended', notice: 'An admin has changed what you may do here.' };
    case 'shutdown':
      return { kind: 'retry', notice: 'The server is restarting.', waitMs: 500 };
    case undefined:
      return { kind: 'ended', notice: `The server ended the connection: ${message}` };
    default:
      return assertNever(code);
  }
}
