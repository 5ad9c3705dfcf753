import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its P-256 key, both as DER (X.509 and SEC 1). */
export interface SelfSigned {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
}

/** DER tags (X.690 section 8). */
const TAG = { integer: 0x02, bitString: 0x03, objectId: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };
/** An explicit [0]: the version of a certificate (RFC 5280 section 4.1). */
const EXPLICIT_0 = 0xa0;
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('550403', 'hex');
const X509_V3 = Buffer.from([2]);
const DAY_MS = 24 * 60 * 60 * 1000;
/** A clock that was set back must not make the certificate one of the future. */
const VALID_BEFORE_MS = DAY_MS;
/** What browsers accept at most, and longer than a server runs. */
const VALID_FOR_MS = 365 * DAY_MS;

/**
 * A self-signed ECDSA P-256 certificate as WebRTC wants it (RFC 8827 section 6.5): the name says nothing, and the serial number
 * is random, since browsers distinguish certificates by it.
 */
export function selfSignedCertificate(nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toBeSigned = certificateInfo(publicKey, nowMs);
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, sequence(der(TAG.objectId, ECDSA_WITH_SHA256)), bitString(signature));
  return { certificate, privateKey: privateKey.export({ format: 'der', type: 'sec1' }) };
}

function certificateInfo(publicKey: KeyObject, nowMs: number): Buffer {
  const name = sequence(der(TAG.set, sequence(der(TAG.objectId, COMMON_NAME), der(TAG.utf8, Buffer.from('WebRTC')))));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and without a leading zero
  return sequence(
    der(EXPLICIT_0, der(TAG.integer, X509_V3)),
    der(TAG.integer, serial),
    sequence(der(TAG.objectId, ECDSA_WITH_SHA256)),
    name,
    sequence(utcTime(nowMs - VALID_BEFORE_MS), utcTime(nowMs + VALID_FOR_MS)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
  );
}

/** YYMMDDhhmmssZ (RFC 5280 section 4.1.2.5.1), good until 2049. */
function utcTime(timeMs: number): Buffer {
  const digits = new Date(timeMs).toISOString().replace(/\D/g, '');
  return der(TAG.utcTime, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function bitString(bytes: Buffer): Buffer {
  return der(TAG.bitString, Buffer.concat([Buffer.of(0), bytes]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}
