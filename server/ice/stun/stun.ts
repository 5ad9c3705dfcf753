import { err, ok, type Result } from '../../lib/result.js';
import { ICE_LIMITS } from '../limits.js';
import { crc32 } from './crc32.js';
import { readAttribute, type StunAttributes, writeAttributes } from './stun-attributes.js';

/**
 * STUN messages (RFC 8489) with the attributes of ICE (RFC 8445 section 7.1) and TURN (RFC 8656). Pure: reading never throws,
 * the hash is an argument.
 */
export interface StunMessage {
  readonly kind: StunClass;
  readonly method: StunMethod;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  readonly attributes: StunAttributes;
}

export type StunClass = 'request' | 'indication' | 'success' | 'error';

/** RFC 8489 section 18.2, RFC 8656 section 17. Methods that we do not know are refused by the decoder. */
export const STUN_METHODS = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;
export type StunMethod = keyof typeof STUN_METHODS;

/** A message as received, with the data to check its integrity. */
export interface ReceivedStun extends StunMessage {
  readonly bytes: Buffer;
  /** Offset of MESSAGE-INTEGRITY in `bytes`; undefined if there is none. */
  readonly integrityAt: number | undefined;
  readonly hasFingerprint: boolean;
  /** Attributes that must be understood and are not (RFC 8489 section 15). */
  readonly unknownRequired: readonly number[];
}

/** HMAC-SHA1 of `data` under `key`; 20 bytes. */
export type HmacSha1 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

export const STUN_HEADER_LENGTH = 20;
const COOKIE = 0x2112a442;
const FINGERPRINT_XOR = 0x5354554e;
const MESSAGE_INTEGRITY = 0x0008;
const FINGERPRINT = 0x8028;
const CLASSES: readonly StunClass[] = ['request', 'indication', 'success', 'error'];
const METHODS = new Map<number, StunMethod>(Object.entries(STUN_METHODS).map(([name, code]) => [code, name as StunMethod]));
/** Larger than any message of ours or of a browser, and the bound on what a reader of a stream must keep. */
export const MAX_STUN_LENGTH = ICE_LIMITS.stunMessage.value;

/** First two bits zero and the magic cookie (RFC 7983, RFC 8489 section 5): enough to distinguish STUN from DTLS, RTP and RTCP. */
export function looksLikeStun(bytes: Uint8Array): boolean {
  return (
    bytes.length >= STUN_HEADER_LENGTH &&
    bytes[0]! < 4 &&
    bytes[4] === 0x21 &&
    bytes[5] === 0x12 &&
    bytes[6] === 0xa4 &&
    bytes[7] === 0x42
  );
}

/** Reads one message that fills `bytes` exactly. A FINGERPRINT that does not fit is an error; integrity is checked apart. */
export function decodeStun(bytes: Buffer): Result<ReceivedStun> {
  if (!looksLikeStun(bytes) || bytes.length > MAX_STUN_LENGTH) return err('stun: not a STUN message');
  if (bytes.readUInt16BE(2) !== bytes.length - STUN_HEADER_LENGTH || bytes.length % 4 !== 0) return err('stun: wrong length');
  const type = bytes.readUInt16BE(0);
  const method = METHODS.get(((type & 0x3e00) >> 2) | ((type & 0x00e0) >> 1) | (type & 0x000f));
  const kind = CLASSES[((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)]!;
  if (!method) return err('stun: unknown method');
  const transactionId = bytes.subarray(8, 20);
  const attributes: StunAttributes = {};
  const unknownRequired: number[] = [];
  let integrityAt: number | undefined;
  let hasFingerprint = false;
  for (let at = STUN_HEADER_LENGTH; at < bytes.length; ) {
    if (at + 4 > bytes.length || hasFingerprint) return err('stun: bytes behind the last attribute');
    const [code, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const value = bytes.subarray(at + 4, at + 4 + length);
    if (value.length < length) return err('stun: attribute longer than the message');
    if (code === FINGERPRINT) {
      if (length !== 4 || value.readUInt32BE(0) !== fingerprint(bytes, at)) return err('stun: wrong fingerprint');
      hasFingerprint = true;
    } else if (integrityAt === undefined) {
      // What follows MESSAGE-INTEGRITY is not covered by it and is ignored (RFC 8489 section 14.5).
      if (code === MESSAGE_INTEGRITY) {
        if (length !== 20) return err('stun: integrity of a wrong length');
        integrityAt = at;
      } else {
        const read = readAttribute(attributes, code, value, transactionId);
        if (read === 'bad') return err(`stun: bad attribute 0x${code.toString(16)}`);
        if (read === 'unknown' && code < 0x8000) unknownRequired.push(code);
      }
    }
    at += 4 + length + padding(length);
  }
  return ok({ kind, method, transactionId, attributes, bytes, integrityAt, hasFingerprint, unknownRequired });
}

/** True if the message carries a MESSAGE-INTEGRITY made with `key` (RFC 8489 section 14.5). Takes the same time for any wrong one. */
export function integrityHolds(message: ReceivedStun, key: Uint8Array, hmac: HmacSha1): boolean {
  const at = message.integrityAt;
  if (at === undefined) return false;
  const expected = hmac(key, withLength(message.bytes.subarray(0, at), at + 24));
  let difference = 0;
  for (let i = 0; i < 20; i++) difference |= expected[i]! ^ message.bytes[at + 4 + i]!;
  return difference === 0;
}

/** Writes a message with FINGERPRINT and, given a key, MESSAGE-INTEGRITY. */
export function encodeStun(message: StunMessage, seal?: { readonly key: Uint8Array; readonly hmac: HmacSha1 }): Buffer {
  const bare = encodeBareStun(message);
  return withFingerprint(seal ? withIntegrity(bare, seal.key, seal.hmac) : bare);
}

/** Writes a message with its attributes alone. */
export function encodeBareStun(message: StunMessage): Buffer {
  const header = Buffer.alloc(STUN_HEADER_LENGTH);
  const method = STUN_METHODS[message.method];
  const kind = CLASSES.indexOf(message.kind);
  const spread = ((method & 0x0f80) << 2) | ((method & 0x0070) << 1) | (method & 0x000f);
  header.writeUInt16BE(spread | ((kind & 2) << 7) | ((kind & 1) << 4), 0);
  header.writeUInt32BE(COOKIE, 4);
  header.set(message.transactionId, 8);
  const bytes = Buffer.concat([header, ...writeAttributes(message.attributes, message.transactionId)]);
  bytes.writeUInt16BE(bytes.length - STUN_HEADER_LENGTH, 2);
  return bytes;
}

function withIntegrity(message: Buffer, key: Uint8Array, hmac: HmacSha1): Buffer {
  const tail = Buffer.alloc(24);
  tail.writeUInt16BE(MESSAGE_INTEGRITY, 0);
  tail.writeUInt16BE(20, 2);
  tail.set(hmac(key, withLength(message, message.length + 24)), 4);
  return Buffer.concat([message, tail]);
}

function withFingerprint(message: Buffer): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt16BE(FINGERPRINT, 0);
  tail.writeUInt16BE(4, 2);
  const bytes = Buffer.concat([message, tail]);
  bytes.writeUInt16BE(bytes.length - STUN_HEADER_LENGTH, 2);
  bytes.writeUInt32BE(fingerprint(bytes, message.length), message.length + 4);
  return bytes;
}

function fingerprint(bytes: Buffer, at: number): number {
  return (crc32(withLength(bytes.subarray(0, at), at + 8)) ^ FINGERPRINT_XOR) >>> 0;
}

/** A copy whose length field says that the message ends at `end`, as both checksums demand. */
function withLength(bytes: Buffer, end: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(end - STUN_HEADER_LENGTH, 2);
  return copy;
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
