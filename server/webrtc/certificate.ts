import { type RTCCertificate, RTCDtlsTransport } from 'werift';
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
  for (const outcome of outcomes) if (!outcome.ok) throw new Error(`DTLS self-check: ${outcome.error}`);
}
