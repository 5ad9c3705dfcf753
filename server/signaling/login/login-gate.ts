import { AppError } from '../../protocol/errors/app-error.js';
import { throttleKey } from '../../room/client-place.js';
import type { Call } from '../http/endpoint.js';
import { RetryLater } from '../http/rates/retry-later.js';
import { LOGIN_LIMITS } from '../limits.js';
import { LogLimiter } from '../log-limiter.js';
import type { VerifiedMember } from '../ports.js';
import type { Services } from '../services.js';
import { FairQueue } from './fair-queue.js';
import { type Attempt, LoginThrottle } from './login-throttle.js';

const BUSY_RETRY_S = 2;

/**
 * Asks the member provider, for one attempt of each network at a time: failures are counted before the next guess, and the
 * guesses of one network do not keep others waiting, however long a password takes to check.
 */
export class LoginGate {
  readonly #throttle = new LoginThrottle();
  readonly #queue = new FairQueue({
    atOnce: LOGIN_LIMITS.checkedAtOnce.value,
    ofKey: LOGIN_LIMITS.waitingOfAddress.value,
    inAll: LOGIN_LIMITS.waitingInAll.value,
  });
  readonly #refusals = new LogLimiter(20, 1_000);
  #delayed = 0;

  async authenticate(call: Call, username: string, password: string): Promise<VerifiedMember> {
    const attempt = { network: throttleKey(call.address), username };
    // Checked before any wait, so that a flood costs nothing, and again when it is the attempt's turn.
    this.#admit(call, attempt);
    await this.#slowDown(call, attempt);
    const member = await this.#queue.add(attempt.network, () => this.#attempt(call, attempt, password));
    if (member === null) throw new RetryLater(BUSY_RETRY_S, 'too-many-logins');
    return member;
  }

  /** Attempts at an account that many guess at are slower where it is not known; never so slow that its owner stays out. */
  async #slowDown({ services }: Call, attempt: Attempt): Promise<void> {
    const delayMs = this.#throttle.delayMs(attempt, services.clock.nowMs());
    if (delayMs === 0 || this.#delayed >= LOGIN_LIMITS.waitingInAll.value) return;
    this.#delayed += 1;
    await new Promise<void>((resolve) => services.clock.after(delayMs, resolve));
    this.#delayed -= 1;
  }

  async #attempt(call: Call, attempt: Attempt, password: string): Promise<VerifiedMember> {
    const { clock } = call.services;
    if (call.gone()) throw new AppError('bad-request');
    const verdict = this.#admit(call, attempt);
    const member = await this.#verify(call.services, attempt.username, password);
    const nowMs = clock.nowMs();
    if (member !== null && this.#throttle.succeeded(attempt, member.profile.is_admin, verdict, nowMs)) return member;
    this.#throttle.failed(attempt, verdict, nowMs);
    if (verdict === 'known-only') throw this.#tooMany(call, attempt, 1_000);
    this.#report(call, attempt, 'wrong user name or password');
    throw new AppError('unauthorized');
  }

  #admit(call: Call, attempt: Attempt): 'open' | 'known-only' {
    const verdict = this.#throttle.verdict(attempt, call.services.clock.nowMs());
    if (verdict.kind === 'wait') throw this.#tooMany(call, attempt, verdict.waitMs);
    return verdict.kind;
  }

  /** Null for a wrong password. A password that was changed during the check is checked again. */
  async #verify(services: Services, username: string, password: string): Promise<VerifiedMember | null> {
    const { members, passwordChanges } = services;
    const changes = passwordChanges.count;
    const result = await members.authenticate(username, password);
    if (!result.ok && (result.error === 'failed' || result.error === 'unsupported')) {
      throw new AppError('internal');
    }
    if (passwordChanges.count !== changes) return this.#verify(services, username, password);
    return result.ok ? result.value : null;
  }

  #tooMany(call: Call, attempt: Attempt, waitMs: number): RetryLater {
    this.#report(call, attempt, 'too many failures before');
    return new RetryLater(Math.max(1, Math.ceil(waitMs / 1_000)), 'too-many-failed-logins');
  }

  #report({ services, address }: Call, { username }: Attempt, reason: string): void {
    const heldBack = this.#refusals.pass(services.clock.nowMs());
    if (heldBack !== null) services.log.warn({ account: username, address, reason, heldBack }, 'login refused');
  }
}
