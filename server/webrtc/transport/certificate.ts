import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../lib/result.js';
import { type DtlsContext, openDtlsContext } from '../../native/openssl-dtls.js';
import type { Fingerprint } from './fingerprint.js';
import { selfSignedCertificate } from './self-signed.js';

/** A certificate with its key inside OpenSSL, ready for handshakes. */
export interface DtlsCertificate {
  readonly context: DtlsContext;
  readonly fingerprint: Fingerprint;
  /** The certificate as DER. */
  readonly der: Buffer;
}

/** A self-signed ECDSA P-256 certificate (RFC 8827 section 6.5); throws when there is no DTLS to use it, which `dtlsProblem` (dtls-problem.ts) finds out before. */
export function createCertificate(): DtlsCertificate {
  const made = makeCertificate();
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

/** As above; the error says why this Node.js can have no DTLS. */
export function makeCertificate(): Result<DtlsCertificate> {
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
