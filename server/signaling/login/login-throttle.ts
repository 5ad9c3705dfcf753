import { LOGIN_LIMITS } from '../limits.js';
import { FailureMemory } from './failures.js';

const MINUTE_MS = 60_000;
const WAITS = { firstWaitMs: 1_000, longestWaitMs: MINUTE_MS, forgetMs: 10 * MINUTE_MS };
const REMEMBERED = LOGIN_LIMITS.remembered.value;
const KNOWN_MS = 30 * 24 * 60 * MINUTE_MS;

/** The account that is tried, and the network that tries. */
export interface Attempt {
  /** The IPv4 address, or the IPv6 network. */
  readonly network: string;
  readonly username: string;
}

/** The verdict on an attempt. `known-only`: its network has to wait, and only an account known there gets in. */
export type Verdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'known-only' }
  | { readonly kind: 'wait'; readonly waitMs: number };

/**
 * Slows down networks that guess passwords, and no others (SPEC.md L1-L6). Pure but for its own memory; time is an argument.
 *
 * A right password does not clear a network: else the owner of one account could guess at others for ever.
 */
export class LoginThrottle {
  readonly #networks = new FailureMemory({ ...WAITS, free: LOGIN_LIMITS.freeFailures.value, remembered: REMEMBERED });
  /** Failures of networks that had to wait, at accounts known there. */
  readonly #knownNetworks = new FailureMemory({ ...WAITS, free: LOGIN_LIMITS.freeFailures.value, remembered: REMEMBERED });
  readonly #accounts = new FailureMemory({
    ...WAITS,
    free: LOGIN_LIMITS.freeAccountFailures.value,
    firstWaitMs: 250,
    longestWaitMs: LOGIN_LIMITS.accountDelay.value,
    remembered: REMEMBERED,
  });
  /** Network and account -> when the password was last right there. */
  readonly #known = new Map<string, number>();

  /** Whether the attempt may be made now. */
  verdict(attempt: Attempt, nowMs: number): Verdict {
    const waitMs = this.#networks.leftMs(attempt.network, nowMs);
    if (waitMs === 0) return { kind: 'open' };
    if (!this.#isKnownName(attempt, nowMs)) return { kind: 'wait', waitMs };
    const knownWaitMs = this.#knownNetworks.leftMs(attempt.network, nowMs);
    return knownWaitMs === 0 ? { kind: 'known-only' } : { kind: 'wait', waitMs: Math.min(waitMs, knownWaitMs) };
  }

  /** The delay of this attempt because others guess at the same account; 0 where the account is known. */
  delayMs(attempt: Attempt, nowMs: number): number {
    return this.#isKnownName(attempt, nowMs) ? 0 : this.#accounts.earnedMs(attempt.username, nowMs);
  }

  /** A password was wrong, or right for an account that `known-only` does not let in; the client is not sent which. */
  failed({ network, username }: Attempt, verdict: Verdict['kind'], nowMs: number): void {
    (verdict === 'open' ? this.#networks : this.#knownNetworks).add(network, nowMs);
    this.#accounts.add(username, nowMs);
  }

  /** A password was right; returns whether the account gets in. */
  succeeded(attempt: Attempt, isAdmin: boolean, verdict: Verdict['kind'], nowMs: number): boolean {
    const key = knownKey(attempt, isAdmin);
    if (verdict !== 'open' && !this.#isKnown(key, nowMs)) return false;
    this.#known.delete(key);
    this.#known.set(key, nowMs);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }

  #isKnownName(attempt: Attempt, nowMs: number): boolean {
    return [true, false].some((isAdmin) => this.#isKnown(knownKey(attempt, isAdmin), nowMs));
  }

  #isKnown(key: string, nowMs: number): boolean {
    const lastMs = this.#known.get(key);
    return lastMs !== undefined && nowMs - lastMs < KNOWN_MS;
  }
}

/** The role counts: with one password per role for any name, a guest's name must not be known for the admin's password. */
function knownKey({ network, username }: Attempt, isAdmin: boolean): string {
  return `${network} ${isAdmin ? 'admin' : 'user'} ${username}`;
}
