import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import { err, type Result } from '../../lib/result.js';
import type { DtlsSession } from '../../native/dtls-session.js';
import { DTLS_LIMITS } from '../limits.js';
import type { DtlsCertificate } from './certificate.js';
import { filterHandshake, sealedRecords } from './dtls-filter.js';
import { type DtlsKeys, negotiatedKeys, SRTP_PREFERENCE, SRTP_PROFILES, type SrtpProfileName } from './dtls-keys.js';
import { type Fingerprint, isCertificateOf } from './fingerprint.js';

/** No datagram of ours is longer, whatever the path (RFC 8261 section 5: what IPv6 carries everywhere). */
export const DTLS_MTU = 1200;

export interface DtlsOptions {
  readonly certificate: DtlsCertificate;
  readonly role: 'server' | 'client';
  /** The SRTP profiles to agree to, best first; default both. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  readonly clock: Clock;
  /** Sends one datagram; its bytes are the receiver's to keep. */
  send(datagram: Buffer): void;
  /** The other side said goodbye or the association broke, after it had been up. */
  closed(): void;
}

type DtlsState =
  /** The fingerprints are not known yet. */
  | { readonly kind: 'early'; readonly datagrams: Buffer[] }
  | { readonly kind: 'shaking'; readonly fingerprints: readonly Fingerprint[]; readonly settle: Settle }
  | { readonly kind: 'connected'; readonly session: DtlsSession }
  | { readonly kind: 'closed' };

type Settle = (outcome: Result<DtlsKeys>) => void;

/** One try at a handshake; a server begins another when nothing came of the last one. */
interface Attempt {
  readonly session: DtlsSession;
  clientRandom: Buffer | undefined;
  /** Whether the other side may change to its keys now. */
  isComplete: boolean;
  /** When it got on last: began, or heard something that follows a ClientHello. */
  progressMs: number;
}

/**
 * One DTLS association over datagrams that we carry, with OpenSSL inside.
 *
 * Until the handshake is done anyone who can reach us may have sent what comes in. Nothing of it is answered by an alert or
 * ends the peer: a try that fails is thrown away, and the next ClientHello begins another one.
 */
export class Dtls {
  /** Receives what the other side sends once the association is up. */
  onData: ((packet: Buffer) => void) | undefined;
  readonly #options: DtlsOptions;
  #state: DtlsState = { kind: 'early', datagrams: [] };
  #attempt: Attempt | undefined;
  #failures = 0;
  #shakes = 0;
  #trouble: string | undefined;
  #cancelTimeout: Dispose = () => {};

  constructor(options: DtlsOptions) {
    this.#options = options;
  }

  /** Why the last handshake came to nothing, if one did. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Feeds one received datagram; those that come before `handshake` are kept (a client may be faster than its answer). */
  receive(datagram: Buffer): void {
    if (datagram.length > DTLS_LIMITS.datagram.value) return;
    const state = this.#state;
    if (state.kind === 'early') {
      if (state.datagrams.length < DTLS_LIMITS.early.value) state.datagrams.push(Buffer.from(datagram));
    } else if (state.kind === 'shaking') this.#shake(datagram);
    else if (state.kind === 'connected') {
      const sealed = sealedRecords(datagram);
      if (sealed === undefined) return;
      state.session.receive(sealed);
      this.#read(state.session);
    }
  }

  /**
   * Runs the handshake. It is done when the other side has proved to hold the key of a certificate that one of these
   * fingerprints of its description names (RFC 8122 section 5); resolves with the SRTP keys.
   */
  handshake(fingerprints: readonly Fingerprint[]): Promise<Result<DtlsKeys>> {
    const state = this.#state;
    if (state.kind !== 'early') return Promise.resolve(err('the DTLS handshake began before, or is not wanted any more'));
    return new Promise((settle) => {
      this.#state = { kind: 'shaking', fingerprints, settle };
      if (this.#options.role === 'client') this.#advance(this.#begin(undefined));
      for (const datagram of state.datagrams) this.receive(datagram);
    });
  }

  /** Sends one packet to the other side; nothing happens unless the association is up. */
  write(packet: Uint8Array): void {
    if (this.#state.kind !== 'connected') return;
    this.#state.session.write(packet);
    this.#flush(this.#state.session);
  }

  /** Says goodbye and frees everything. */
  close(): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#cancelTimeout();
    this.#attempt?.session.free();
    this.#attempt = undefined;
    if (state.kind === 'connected') {
      state.session.shutdown();
      this.#flush(state.session);
      state.session.free();
    }
    if (state.kind === 'shaking') state.settle(err(this.#trouble ?? 'closed before the DTLS handshake was done'));
  }

  #shake(datagram: Buffer): void {
    this.#shakes += 1;
    if (this.#shakes > DTLS_LIMITS.handshake.value) return;
    const wasComplete = this.#attempt?.isComplete ?? false;
    const { pass, clientRandom, goesOn, isComplete } = filterHandshake(datagram, this.#options.role, wasComplete);
    if (pass === undefined) return;
    const attempt = this.#attemptFor(clientRandom);
    if (attempt === undefined) return;
    attempt.clientRandom ??= clientRandom && Buffer.from(clientRandom);
    attempt.isComplete ||= isComplete;
    if (goesOn) attempt.progressMs = this.#options.clock.nowMs();
    attempt.session.receive(pass);
    this.#advance(attempt);
  }

  /** The try that a datagram belongs to. A server begins one for a ClientHello, and another for a different one once the first is stale. */
  #attemptFor(clientRandom: Buffer | undefined): Attempt | undefined {
    const current = this.#attempt;
    if (this.#options.role === 'client' || clientRandom === undefined) return current;
    if (current === undefined) return this.#begin(clientRandom);
    if (current.clientRandom === undefined || current.clientRandom.equals(clientRandom)) return current;
    if (this.#options.clock.nowMs() - current.progressMs < DTLS_LIMITS.hello.value) return undefined;
    this.#drop(current);
    return this.#begin(clientRandom);
  }

  #begin(clientRandom: Buffer | undefined): Attempt {
    const { certificate, role, srtpProfiles, clock } = this.#options;
    const names = srtpProfiles ?? SRTP_PREFERENCE;
    const profiles = names.map((name) => SRTP_PROFILES[name].openSslName).join(':');
    const session = certificate.context.session({ role, srtpProfiles: profiles, mtu: DTLS_MTU });
    const random = clientRandom && Buffer.from(clientRandom);
    this.#attempt = { session, clientRandom: random, isComplete: false, progressMs: clock.nowMs() };
    return this.#attempt;
  }

  #advance(attempt: Attempt): void {
    const progress = attempt.session.handshake();
    if (progress.kind === 'failed') {
      this.#fail(attempt, progress.reason);
      return;
    }
    this.#flush(attempt.session);
    if (progress.kind === 'done') this.#finish(attempt.session);
    else this.#awaitTimeout(attempt);
  }

  /** Repeats what was sent last when no answer comes (RFC 6347 section 4.2.4). */
  #awaitTimeout(attempt: Attempt): void {
    this.#cancelTimeout();
    const delayMs = attempt.session.timeoutMs();
    if (delayMs === undefined) return;
    this.#cancelTimeout = this.#options.clock.after(Math.max(1, delayMs), () => {
      if (this.#attempt !== attempt) return;
      if (attempt.session.handleTimeout()) {
        this.#flush(attempt.session);
        this.#awaitTimeout(attempt);
      } else this.#fail(attempt, 'the other side stopped answering');
    });
  }

  #finish(session: DtlsSession): void {
    if (this.#state.kind !== 'shaking') return;
    const { fingerprints, settle } = this.#state;
    this.#cancelTimeout();
    this.#attempt = undefined;
    if (!isCertificateOf(fingerprints, (algorithm) => session.peerDigest(algorithm))) {
      this.#state = { kind: 'closed' };
      session.free();
      settle(err('DTLS: the certificate is not the one of the description'));
      return;
    }
    this.#state = { kind: 'connected', session };
    settle(negotiatedKeys(session, this.#options.role));
    this.#read(session);
  }

  #fail(attempt: Attempt, reason: string): void {
    if (this.#state.kind !== 'shaking') return;
    this.#trouble = `DTLS handshake failed: ${reason}`;
    this.#drop(attempt);
    this.#failures += 1;
    if (this.#options.role === 'server' && this.#failures < DTLS_LIMITS.attempts.value) return;
    const { settle } = this.#state;
    this.#state = { kind: 'closed' };
    settle(err(this.#trouble));
  }

  #drop(attempt: Attempt): void {
    this.#cancelTimeout();
    this.#attempt = undefined;
    attempt.session.free();
  }

  #read(session: DtlsSession): void {
    while (this.#state.kind === 'connected') {
      const reading = session.read();
      // A repeated Finished is answered by our last flight, which may have been lost.
      this.#flush(session);
      if (reading === 'nothing') return;
      if (reading === 'farewell' || reading === 'broken') {
        this.close();
        this.#options.closed();
        return;
      }
      this.onData?.(reading);
    }
  }

  #flush(session: DtlsSession): void {
    for (const datagram of session.takeDatagrams()) this.#options.send(datagram);
  }
}
