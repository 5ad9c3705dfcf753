import { err, ok, type Result } from '../../lib/result.js';
import type { DtlsSession } from '../../native/dtls-session.js';

export type SrtpProfileName = 'AEAD_AES_128_GCM' | 'AES_CM_128_HMAC_SHA1_80';

/** The SRTP protection profiles we take (RFC 7714 section 14.2, RFC 5764 section 4.1.2). */
export const SRTP_PROFILES: Readonly<Record<SrtpProfileName, SrtpProfile>> = {
  AEAD_AES_128_GCM: { number: 7, openSslName: 'SRTP_AEAD_AES_128_GCM', saltBytes: 12 },
  AES_CM_128_HMAC_SHA1_80: { number: 1, openSslName: 'SRTP_AES128_CM_SHA1_80', saltBytes: 14 },
};

interface SrtpProfile {
  readonly number: number;
  readonly openSslName: string;
  readonly saltBytes: number;
}

/** Best first. */
export const SRTP_PREFERENCE: readonly SrtpProfileName[] = ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'];

const KEY_BYTES = 16;

/** Master keys of one DTLS-SRTP association (RFC 5764 section 4.2). */
export interface DtlsKeys {
  readonly profile: SrtpProfileName;
  readonly localKey: Buffer;
  readonly localSalt: Buffer;
  readonly remoteKey: Buffer;
  readonly remoteSalt: Buffer;
}

/** The keys of an association whose handshake is done; an error when the other side wants no SRTP. */
export function negotiatedKeys(session: DtlsSession, role: 'server' | 'client'): Result<DtlsKeys> {
  const number = session.srtpProfile();
  const profile = SRTP_PREFERENCE.find((name) => SRTP_PROFILES[name].number === number);
  if (profile === undefined) return err('DTLS negotiated no SRTP profile');
  const { saltBytes } = SRTP_PROFILES[profile];
  const material = session.exportSrtpKeys(2 * (KEY_BYTES + saltBytes));
  const salts = 2 * KEY_BYTES;
  const client = { key: material.subarray(0, KEY_BYTES), salt: material.subarray(salts, salts + saltBytes) };
  const server = { key: material.subarray(KEY_BYTES, salts), salt: material.subarray(salts + saltBytes) };
  const [local, remote] = role === 'server' ? [server, client] : [client, server];
  return ok({ profile, localKey: local.key, localSalt: local.salt, remoteKey: remote.key, remoteSalt: remote.salt });
}
