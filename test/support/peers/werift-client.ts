import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { Event, RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, type RTCIceTransport } from 'werift';
import type { Fingerprint } from '../../../server/webrtc/transport/fingerprint.js';
import { selfSignedCertificate } from '../../../server/webrtc/transport/self-signed.js';

/** A certificate and a private key, which need not belong together. */
export interface Identity {
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

export function newIdentity(): Identity {
  const { certificate, privateKey } = selfSignedCertificate(Date.now());
  return { certificate, key: createPrivateKey({ key: privateKey, format: 'der', type: 'sec1' }) };
}

/** What somebody on the path has: the viewer's certificate, which everybody can see, and a key of his own. */
export function impostorOf(viewer: Identity): Identity {
  return { certificate: viewer.certificate, key: newIdentity().key };
}

export function fingerprintOfIdentity({ certificate }: Identity): Fingerprint {
  const digest = createHash('sha256').update(certificate).digest('hex').toUpperCase();
  return { algorithm: 'sha-256', value: digest.replace(/..(?=.)/g, '$&:') };
}

/** The identity in werift's form. */
export function weriftKeys({ certificate, key }: Identity) {
  const base64 = certificate
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n');
  return {
    certPem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    keyPem: String(key.export({ format: 'pem', type: 'pkcs8' })),
    // ECDSA with SHA-256 (RFC 5246 section 7.4.1.4.1).
    signatureHash: { signature: 3, hash: 4 } as const,
  };
}

export interface WeriftClient {
  readonly transport: RTCDtlsTransport;
  receive(datagram: Buffer): void;
}

/** Another implementation's DTLS client, which takes any server. */
export function weriftClient(identity: Identity, server: Fingerprint, send: (datagram: Buffer) => void): WeriftClient {
  const received = new Event<[Buffer]>();
  const link = {
    role: 'controlled',
    connection: { onData: received, send: async (datagram: Buffer) => send(datagram), close: async () => {} },
    stop: async () => {},
  };
  const { certPem, keyPem, signatureHash } = weriftKeys(identity);
  const certificate = new RTCCertificate(keyPem, certPem, signatureHash);
  const transport = new RTCDtlsTransport({}, link as unknown as RTCIceTransport, certificate, [7, 1]);
  transport.role = 'client';
  transport.setRemoteParams(new RTCDtlsParameters([new RTCDtlsFingerprint(server.algorithm, server.value)], 'server'));
  return { transport, receive: (datagram) => received.execute(datagram) };
}
