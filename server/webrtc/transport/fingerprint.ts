import type { DigestName } from '../../native/openssl-calls.js';

/** `a=fingerprint` (RFC 8122 section 5): a hash function, and the digest of a certificate as hexadecimal pairs. */
export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** SHA-1 and older do not identify a certificate any more. */
const ALGORITHMS: readonly DigestName[] = ['sha-256', 'sha-384', 'sha-512'];

/** Whether a certificate, of which `digest` knows the digests, is named by any of the fingerprints. */
export function isCertificateOf(
  fingerprints: readonly Fingerprint[],
  digest: (algorithm: DigestName) => Buffer | undefined,
): boolean {
  return ALGORITHMS.some((algorithm) => {
    const wanted = fingerprints.filter((each) => each.algorithm.toLowerCase() === algorithm);
    if (wanted.length === 0) return false;
    const text = digest(algorithm)
      ?.toString('hex')
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:');
    return wanted.some(({ value }) => value.toUpperCase() === text);
  });
}
