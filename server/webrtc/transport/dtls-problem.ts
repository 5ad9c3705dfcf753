import { systemClock } from '../../lib/clock.js';
import type { Result } from '../../lib/result.js';
import { type DtlsCertificate, makeCertificate } from './certificate.js';
import { Dtls } from './dtls.js';

/** Why this machine can have no DTLS, or undefined once a handshake with ourselves has proved it; nothing else may take its place. */
export async function dtlsProblem(): Promise<string | undefined> {
  const certificate = makeCertificate();
  if (!certificate.ok) return certificate.error;
  const outcome = await shakeHandsWithOurselves(certificate.value);
  return outcome.ok ? undefined : `DTLS does not work on this machine: ${outcome.error}`;
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
