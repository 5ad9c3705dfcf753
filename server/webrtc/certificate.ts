import { createHash } from 'node:crypto';
import { systemClock } from '../lib/clock.js';
import { err, ok, type Result } from '../lib/result.js';
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

/** A self-signed ECDSA P-256 certificate (RFC 8827 section 6.5); throws when there is no DTLS to use it, which `dtlsProblem` tells before. */
export function createCertificate(): DtlsCertificate {
  const made = makeCertificate();
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** Why this machine can have no DTLS, or undefined once a handshake with ourselves has proved it; nothing else may take its place. */
export async function dtlsProblem(): Promise<string | undefined> {
  const certificate = makeCertificate();
  if (!certificate.ok) return certificate.error;
  const outcome = await shakeHandsWithOurselves(certificate.value);
  return outcome.ok ? undefined : `DTLS does not work on this machine: ${outcome.error}`;
}

function makeCertificate(): Result<DtlsCertificate> {
  const credentials = selfSignedCertificate(Date.now());
  const context = openDtlsContext(credentials);
  if (!context.ok)
    return err(
      `DTLS cannot be had from this Node.js (${process.version}): ${context.error}; run the server with a Node.js of nodejs.org`,
    );
  return ok({
    context: context.value,
    fingerprint: { algorithm: 'sha-256', value: fingerprintText(credentials.certificate) },
    der: credentials.certificate,
  });
}

/** The value of `a=fingerprint:sha-256`. */
export function fingerprintOf(certificate: DtlsCertificate): string {
  return certificate.fingerprint.value;
}

function fingerprintText(certificate: Buffer): string {
  const digest = createHash('sha256').update(certificate).digest('hex').toUpperCase();
  return digest.replace(/..(?=.)/g, '$&:');
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
