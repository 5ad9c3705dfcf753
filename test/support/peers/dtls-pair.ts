import { type Clock, systemClock } from '../../../server/lib/clock.js';
import { createCertificate, type DtlsCertificate } from '../../../server/webrtc/transport/certificate.js';
import { Dtls, type DtlsOptions } from '../../../server/webrtc/transport/dtls.js';

/** What a link does with a datagram: passes it on, or does anything else. */
export type Link = (datagram: Buffer, deliver: (datagram: Buffer) => void) => void;

export interface DtlsPair {
  readonly server: Dtls;
  readonly client: Dtls;
  readonly certificates: { readonly server: DtlsCertificate; readonly client: DtlsCertificate };
  /** Which sides were told of the end of the association. */
  readonly ended: ('server' | 'client')[];
  /** Runs both sides' handshakes against each other's fingerprints. */
  shakeHands(): Promise<[Awaited<ReturnType<Dtls['handshake']>>, Awaited<ReturnType<Dtls['handshake']>>]>;
  close(): void;
}

export interface PairOptions {
  /** From client to server, and back; by default what is sent arrives. */
  readonly up?: Link;
  readonly down?: Link;
  readonly clock?: Clock;
  readonly serverOptions?: Partial<DtlsOptions>;
  readonly clientOptions?: Partial<DtlsOptions>;
}

const arrives: Link = (datagram, deliver) => setImmediate(() => deliver(datagram));
let made: DtlsPair['certificates'] | undefined;

/** Certificates are made once for a test file: a new key pair takes longer than a handshake. */
export function testCertificates(): DtlsPair['certificates'] {
  made ??= { server: createCertificate(), client: createCertificate() };
  return made;
}

/** A DTLS server and a DTLS client of ours, connected by links. */
export function dtlsPair({ up = arrives, down = arrives, clock = systemClock, ...options }: PairOptions = {}): DtlsPair {
  const certificates = testCertificates();
  const ended: ('server' | 'client')[] = [];
  const side = (role: 'server' | 'client', link: Link, other: () => Dtls, overrides: Partial<DtlsOptions> = {}): Dtls =>
    new Dtls({
      certificate: certificates[role],
      role,
      clock,
      send: (datagram) => link(datagram, (bytes) => other().receive(bytes)),
      closed: () => ended.push(role),
      ...overrides,
    });
  const server: Dtls = side('server', down, () => client, options.serverOptions);
  const client: Dtls = side('client', up, () => server, options.clientOptions);
  return {
    server,
    client,
    certificates,
    ended,
    shakeHands: () =>
      Promise.all([server.handshake([certificates.client.fingerprint]), client.handshake([certificates.server.fingerprint])]),
    close() {
      server.close();
      client.close();
    },
  };
}
