import {
  Event,
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  type RTCIceTransport,
} from 'werift';
import { err, ok, type Result } from '../lib/result.js';
import { type DtlsRecord, endsAssociation, sortRecords } from './dtls-records.js';

/** SRTP protection profiles in our order of preference (RFC 7714 section 14.2, RFC 5764 section 4.1.2). */
const SRTP_PROFILES = { AEAD_AES_128_GCM: 7, AES_CM_128_HMAC_SHA1_80: 1 } as const;
const PREFERENCE: readonly SrtpProfileName[] = ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'];
const KEY_BYTES = 16;
const SALT_BYTES = { 7: 12, 1: 14 } as const;

export type SrtpProfileName = 'AEAD_AES_128_GCM' | 'AES_CM_128_HMAC_SHA1_80';

/** Master keys of one DTLS-SRTP association (RFC 5764 section 4.2). */
export interface DtlsKeys {
  readonly profile: SrtpProfileName;
  readonly localKey: Buffer;
  readonly localSalt: Buffer;
  readonly remoteKey: Buffer;
  readonly remoteSalt: Buffer;
}

export interface DtlsOptions {
  readonly certificate: RTCCertificate;
  readonly role: 'server' | 'client';
  /** The SRTP profiles to agree to, best first; default both. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  /** Sends one DTLS record flight's datagram. */
  send(datagram: Uint8Array): void;
  /** The other side said goodbye or the association broke. */
  closed(): void;
}

/**
 * One DTLS association run by werift over datagrams that we carry.
 *
 * werift's transport asks its ICE transport for a role, a way to send and an event of received datagrams, nothing else;
 * `link` below is that much of one. Only DTLS datagrams are fed in, so that SRTP stays with our own sender.
 */
export class Dtls {
  readonly transport: RTCDtlsTransport;
  readonly #received = new Event<[Buffer]>();
  readonly #options: DtlsOptions;
  #waiting: Buffer[] = [];
  #started = false;
  #closed = false;

  constructor(options: DtlsOptions) {
    this.#options = options;
    const link = {
      role: options.role === 'server' ? 'controlling' : 'controlled',
      connection: {
        onData: this.#received,
        send: async (datagram: Buffer) => options.send(datagram),
        close: async () => {},
      },
      stop: async () => {},
    };
    const profiles = (options.srtpProfiles ?? PREFERENCE).map((name) => SRTP_PROFILES[name]);
    this.transport = new RTCDtlsTransport({}, link as unknown as RTCIceTransport, options.certificate, profiles);
    this.transport.role = options.role;
    this.transport.onStateChange.subscribe((state) => {
      if (state === 'closed' && !this.#closed) options.closed();
    });
  }

  /** Feeds one received DTLS datagram; those that come before `handshake` are kept (a client may be faster than its answer). */
  receive(datagram: Buffer): void {
    if (this.#closed) return;
    if (this.#started) this.#process(datagram);
    else if (this.#waiting.length < MAX_EARLY_DATAGRAMS) this.#waiting.push(Buffer.from(datagram));
  }

  /** Runs the handshake against the certificate fingerprints of the remote description (RFC 8122); resolves with the SRTP keys. */
  async handshake(fingerprints: readonly { algorithm: string; value: string }[]): Promise<Result<DtlsKeys>> {
    this.transport.setRemoteParams(
      new RTCDtlsParameters(
        fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
        'auto',
      ),
    );
    const started = this.transport.start();
    this.#started = true;
    for (const datagram of this.#waiting) this.#process(datagram);
    this.#waiting = [];
    try {
      await started;
    } catch (error) {
      return err(`DTLS handshake failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    return this.#keys();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#received.allUnsubscribe();
    this.transport.dtls?.close();
  }

  #process(datagram: Buffer): void {
    const { pass, alerts } = sortRecords(datagram, this.transport.state === 'connected');
    if (pass !== undefined) this.#received.execute(pass);
    if (alerts.some((alert) => this.#isFarewell(alert))) this.#options.closed();
  }

  /** Whether the record is an alert of the other side that ends the association; what does not decrypt was never sent by it. */
  #isFarewell({ type, version, epoch, sequenceNumber, fragment }: DtlsRecord): boolean {
    const header = { contentType: type, protocolVersion: version, epoch, sequenceNumber, contentLen: fragment.length };
    type Packet = Parameters<NonNullable<RTCDtlsTransport['dtls']>['cipher']['decryptPacket']>[0];
    try {
      const alert = this.transport.dtls?.cipher.decryptPacket({ recordLayerHeader: header, fragment } as unknown as Packet);
      return alert !== undefined && endsAssociation(alert);
    } catch {
      return false; // forged, or damaged on the way
    }
  }

  #keys(): Result<DtlsKeys> {
    const profile = this.transport.dtls?.srtp.srtpProfile;
    if (this.transport.dtls === undefined || (profile !== 7 && profile !== 1)) return err('DTLS negotiated no SRTP profile');
    const keys = this.transport.dtls.extractSessionKeys(KEY_BYTES, SALT_BYTES[profile]);
    return ok({ profile: profile === 7 ? 'AEAD_AES_128_GCM' : 'AES_CM_128_HMAC_SHA1_80', ...keys });
  }
}

/** A ClientHello and its repetitions; anything more before the answer is noise. */
const MAX_EARLY_DATAGRAMS = 8;
