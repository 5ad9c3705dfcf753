import { assertNever } from '../../server/lib/assert-never.js';
import { backoffMs } from '../../server/lib/backoff.js';
import { readDisconnect } from './disconnect-reason.js';

/**
 * Decides when the WebSocket is opened, given up and opened again, and when the user has to sign in.
 * Pure: the shell carries out the effects and calls back with a tick at `dueAtMs`.
 */
export type SessionPolicyState =
  | { readonly kind: 'signed-out'; readonly notice: string | null }
  | { readonly kind: 'signing-in'; readonly byUser: boolean; readonly attempt: number }
  /** A socket is being opened; `again` is true when a picture was there before. */
  | { readonly kind: 'opening'; readonly sinceMs: number; readonly attempt: number; readonly again: boolean }
  | { readonly kind: 'live'; readonly lastMessageMs: number }
  | {
      readonly kind: 'waiting';
      readonly untilMs: number;
      readonly attempt: number;
      readonly again: boolean;
      readonly next: 'open' | 'login';
      readonly notice: string | null;
    }
  /** Ended by the server or another client; `resume` tries the same token again. */
  | { readonly kind: 'ended'; readonly notice: string };

export type SessionInput =
  | { readonly kind: 'token' }
  | { readonly kind: 'no-token'; readonly notice: string | null }
  | { readonly kind: 'login'; readonly byUser: boolean }
  | { readonly kind: 'login-refused'; readonly notice: string }
  | { readonly kind: 'login-unreachable' }
  /** system/init arrived: the session is accepted. */
  | { readonly kind: 'welcome' }
  | { readonly kind: 'message' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'disconnect'; readonly message: string; readonly canSignInAgain: boolean }
  | { readonly kind: 'network-back' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'tick' };

export type SessionEffect = 'open-socket' | 'close-socket' | 'login' | 'forget-token';

/** The server sends a message at least every 10 s; a longer silence means that the connection is dead. */
export const STALE_AFTER_MS = 12_500;
/** A TCP connect is tried again by the system after 1 and 3 s; an own new attempt after that loses nothing. */
export const OPEN_TIMEOUT_MS = 4_000;
/** The longest wait is short, so that the picture is back soon after a long outage. */
export const RETRY = { firstMs: 250, maxMs: 2_000 };

const UNREACHABLE = 'The server cannot be reached.';

export const SIGNED_OUT: SessionPolicyState = { kind: 'signed-out', notice: null };

type Step = [SessionPolicyState, SessionEffect[]];

export function stepSession(state: SessionPolicyState, input: SessionInput, nowMs: number): Step {
  switch (input.kind) {
    case 'token':
    case 'resume':
      return open(nowMs, 0, input.kind === 'resume');
    case 'no-token':
      return [{ kind: 'signed-out', notice: input.notice }, ['close-socket']];
    case 'login':
      return [{ kind: 'signing-in', byUser: input.byUser, attempt: 0 }, ['login']];
    case 'login-refused':
      return [{ kind: 'signed-out', notice: input.notice }, []];
    case 'login-unreachable':
      return loginUnreachable(state, nowMs);
    case 'welcome':
      return state.kind === 'opening' ? [{ kind: 'live', lastMessageMs: nowMs }, []] : [state, []];
    case 'message':
      return state.kind === 'live' ? [{ kind: 'live', lastMessageMs: nowMs }, []] : [state, []];
    case 'closed':
      return closed(state, nowMs);
    case 'disconnect':
      return disconnected(state, input.message, input.canSignInAgain, nowMs);
    case 'network-back':
      return networkBack(state, nowMs);
    case 'sign-out':
      return [SIGNED_OUT, ['forget-token', 'close-socket']];
    case 'tick':
      return tick(state, nowMs);
    default:
      return assertNever(input);
  }
}

/** When the next tick is needed, in ms, or null when only outside events matter. */
export function sessionDueAtMs(state: SessionPolicyState): number | null {
  switch (state.kind) {
    case 'opening':
      return state.sinceMs + OPEN_TIMEOUT_MS;
    case 'live':
      return state.lastMessageMs + STALE_AFTER_MS;
    case 'waiting':
      return state.untilMs;
    case 'signed-out':
    case 'signing-in':
    case 'ended':
      return null;
    default:
      return assertNever(state);
  }
}

function open(nowMs: number, attempt: number, again: boolean): Step {
  return [{ kind: 'opening', sinceMs: nowMs, attempt, again }, ['open-socket']];
}

function closed(state: SessionPolicyState, nowMs: number): Step {
  if (state.kind === 'live') return [wait(nowMs, 1, true, 'open', null), []];
  if (state.kind === 'opening') return [wait(nowMs, state.attempt + 1, state.again, 'open', UNREACHABLE), []];
  return [state, []];
}

function wait(
  nowMs: number,
  failures: number,
  again: boolean,
  next: 'open' | 'login',
  notice: string | null,
): SessionPolicyState {
  return { kind: 'waiting', untilMs: nowMs + backoffMs(RETRY, failures - 1), attempt: failures, again, next, notice };
}

function disconnected(state: SessionPolicyState, message: string, canSignInAgain: boolean, nowMs: number): Step {
  const verdict = readDisconnect(message);
  switch (verdict.kind) {
    case 'sign-in':
      if (canSignInAgain) return [{ kind: 'signing-in', byUser: false, attempt: 0 }, ['close-socket', 'login']];
      return [{ kind: 'signed-out', notice: verdict.notice }, ['forget-token', 'close-socket']];
    case 'retry': {
      const again = state.kind === 'live' || (state.kind === 'opening' && state.again);
      const waiting: SessionPolicyState = {
        kind: 'waiting',
        untilMs: nowMs + verdict.waitMs,
        attempt: 0,
        again,
        next: 'open',
        notice: verdict.notice,
      };
      return [waiting, ['close-socket']];
    }
    case 'ended':
      return [{ kind: 'ended', notice: verdict.notice }, ['close-socket']];
    default:
      return assertNever(verdict);
  }
}

function loginUnreachable(state: SessionPolicyState, nowMs: number): Step {
  if (state.kind !== 'signing-in') return [state, []];
  // A user at the form sees the reason and presses the button again; an automatic login has to retry by itself.
  if (state.byUser) return [{ kind: 'signed-out', notice: `${UNREACHABLE} Please try again.` }, []];
  return [wait(nowMs, state.attempt + 1, true, 'login', UNREACHABLE), []];
}

function networkBack(state: SessionPolicyState, nowMs: number): Step {
  if (state.kind === 'waiting') return proceed(state, nowMs);
  // A socket over the old network is dead without an event; the server lets a second one take over the session.
  if (state.kind === 'live')
    return [{ kind: 'opening', sinceMs: nowMs, attempt: 0, again: true }, ['close-socket', 'open-socket']];
  return [state, []];
}

function proceed(state: SessionPolicyState & { kind: 'waiting' }, nowMs: number): Step {
  if (state.next === 'open') return open(nowMs, state.attempt, state.again);
  return [{ kind: 'signing-in', byUser: false, attempt: state.attempt }, ['login']];
}

function tick(state: SessionPolicyState, nowMs: number): Step {
  const dueAtMs = sessionDueAtMs(state);
  if (dueAtMs === null || nowMs < dueAtMs) return [state, []];
  if (state.kind === 'waiting') return proceed(state, nowMs);
  const [next] = closed(state, nowMs);
  return [next, ['close-socket']];
}
