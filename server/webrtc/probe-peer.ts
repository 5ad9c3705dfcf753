import { randomInt } from 'node:crypto';
import { type Candidate, formatCandidate } from '../ice/candidates/candidate.js';
import type { IcePeer } from '../ice/ice-types.js';
import { systemClock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { err, ok, type Result } from '../lib/result.js';
import { readDescription } from './negotiation/read-description.js';
import { writeDescription } from './negotiation/write-description.js';
import { type DtlsCertificate, fingerprintOf } from './transport/certificate.js';
import { Dtls } from './transport/dtls.js';

/** First bytes of DTLS records (RFC 7983). */
const DTLS_FIRST = 20;
const DTLS_LAST = 63;

/**
 * A short-lived peer that tries a path: ICE and DTLS, no media and no channel. What comes of it the browser sees by its own
 * connection state.
 */
export class ProbePeer {
  readonly #dtls: Dtls;
  readonly #releases: Dispose[] = [];
  #heard = false;
  #answered = false;
  #closed = false;

  constructor(
    private readonly ice: IcePeer,
    private readonly certificate: DtlsCertificate,
  ) {
    this.#dtls = new Dtls({
      certificate,
      role: 'server',
      clock: systemClock,
      send: (datagram) => ice.send(datagram),
      closed: () => {},
    });
    this.#releases.push(
      ice.onDatagram((datagram) => {
        const first = datagram[0] ?? 0;
        if (first >= DTLS_FIRST && first <= DTLS_LAST) this.#dtls.receive(datagram);
      }),
      ice.onState((state) => {
        this.#heard ||= state === 'connected';
      }),
    );
  }

  /** The other side's checks came in. */
  get heard(): boolean {
    return this.#heard;
  }

  /** An offer that names no addresses but these. */
  offer(candidates: readonly Candidate[]): string {
    const { ufrag, pwd, lite } = this.ice.local;
    return writeDescription(
      { id: String(randomInt(2 ** 47)), version: 1 },
      {
        ufrag,
        pwd,
        lite,
        trickle: false,
        fingerprint: fingerprintOf(this.certificate),
        setup: 'actpass',
        candidates: candidates.map(formatCandidate),
        candidatesComplete: true,
      },
      [{ kind: 'application', mid: '0' }],
    );
  }

  answer(sdp: string): Result<void> {
    const remote = readDescription(sdp);
    if (!remote.ok) return remote;
    if (this.#closed || this.#answered) return err('the probe has its answer');
    if (remote.value.setup === 'passive') return err('the answer says a=setup:passive');
    this.#answered = true;
    const { ufrag, pwd, lite, candidates, fingerprints } = remote.value;
    this.ice.setRemote({ ufrag, pwd, lite });
    for (const candidate of candidates) this.candidate(candidate);
    // Without media there are no SRTP keys to agree on, which this reports as an error; the browser knows how it went.
    this.#dtls.handshake(fingerprints).catch(() => {});
    return ok(undefined);
  }

  candidate(text: string): Result<void> {
    return this.ice.addRemoteCandidate(text);
  }

  /** Gives the sockets back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const release of this.#releases) release();
    this.#dtls.close();
    this.ice.close();
  }
}
