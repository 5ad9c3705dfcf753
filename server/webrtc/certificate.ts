import { createHash } from 'node:crypto';
import { systemClock } from '../lib/clock.js';
import type { Result } from '../lib/result.js';
import { type DtlsContext, openDtlsContext } from '../native/openssl-dtls.js';
import { Dtls } from './dtls.js';
import type { Fingerprint } from './fingerprint.js';
import { selfSignedCertificate } from './self-signed.js';

/** A certificate with its key inside OpenSSL, ready for handshakes. */
export interface DtlsCertificate {
  readonly context: DtlsContext;
  readonly fingerprint: Fingerprint;
  /** The certificate as DER. */
  readonly der: Buffer;
}

/** The process's self-signed ECDSA P-256 certificate (RFC 8827 section 6.5), made once; throws when there is no DTLS to use it. */
export function createCertificate(): DtlsCertificate {
  const credentials = selfSignedCertificate(Date.now());
  const context = openDtlsContext(credentials);
  if (!context.ok)
    throw new Error(
      `DTLS cannot be had from this Node.js (${process.version}): ${context.error}. Nothing else may take its place`,
    );
  return {
    context: context.value,
    fingerprint: { algorithm: 'sha-256', value: fingerprintText(credentials.certificate) },
    der: credentials.certificate,
  };
}

/** The value of `a=fingerprint:sha-256`. */
export function fingerprintOf(certificate: DtlsCertificate): string {
  return certificate.fingerprint.value;
}

function fingerprintText(certificate: Buffer): string {
  const digest = createHash('sha256').update(certificate).digest('hex').toUpperCase();
  return digest.replace(/..(?=.)/g, '$&:');
}

/** Runs one handshake with ourselves, which proves at start that DTLS works on this machine. */
export async function checkDtls(certificate: DtlsCertificate): Promise<void> {
  const outcome = await shakeHandsWithOurselves(certificate);
  if (!outcome.ok) throw new Error(`DTLS does not work on this machine: ${outcome.error}`);
}

async function shakeHandsWithOurselves(certificate: DtlsCertificate): Promise<Result<unknown>> {
  const side = (role: 'server' | 'client', other: () => Dtls): Dtls =>
    new Dtls({
      certificate,
      role,
      clock: systemClock,
      send: (datagram) => setImmediate(() => other().receive(Buffer.from(datagram))),
      closed: () => {},
    });
  const server: Dtls = side('server', () => client);
  const client: Dtls = side('client', () => server);
  const outcomes = await Promise.all([server, client].map((each) => each.handshake([certificate.fingerprint])));
  server.close();
  client.close();
  return outcomes.find((outcome) => !outcome.ok) ?? outcomes[0]!;
}
