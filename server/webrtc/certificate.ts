import { type RTCCertificate, RTCDtlsTransport } from 'werift';
import type { Result } from '../lib/result.js';
import { Dtls } from './dtls.js';

/** The process's self-signed ECDSA P-256 certificate (RFC 8827 section 6.5), made once. */
export async function createCertificate(): Promise<RTCCertificate> {
  return RTCDtlsTransport.SetupCertificate();
}

/** The value of `a=fingerprint:sha-256`. */
export function fingerprintOf(certificate: RTCCertificate): string {
  return certificate.getFingerprints()[0]!.value;
}

/**
 * Runs one handshake with ourselves. It proves at start that DTLS works, and the first viewer does not pay the 300 ms
 * that cold code takes.
 */
export async function warmUpDtls(certificate: RTCCertificate): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await shakeHandsWithOurselves(certificate);
    if (outcome.ok) return;
    if (attempt === MAX_ATTEMPTS) throw new Error(`DTLS self-check: ${outcome.error}`);
  }
}

/** On a starved machine werift's own time limits can run out; that says nothing about whether DTLS works. */
const MAX_ATTEMPTS = 3;

async function shakeHandsWithOurselves(certificate: RTCCertificate): Promise<Result<unknown>> {
  const server: Dtls = new Dtls({
    certificate,
    role: 'server',
    send: (datagram) => setImmediate(() => client.receive(Buffer.from(datagram))),
    closed: () => {},
  });
  const client: Dtls = new Dtls({
    certificate,
    role: 'client',
    send: (datagram) => setImmediate(() => server.receive(Buffer.from(datagram))),
    closed: () => {},
  });
  const fingerprints = certificate.getFingerprints();
  const outcomes = await Promise.all([server.handshake(fingerprints), client.handshake(fingerprints)]);
  server.close();
  client.close();
  return outcomes.find((outcome) => !outcome.ok) ?? outcomes[0];
}
