import { type Arena, allocateArena } from '../../native/arena.js';
import { put16, put32, u32 } from '../bytes.js';
import type { SrtpProfile } from '../media-engine.js';
import { type CipherSuite, type CounterKey, GCM_TAG_LENGTH, type GcmKey, type HmacKey } from './cipher-suite.js';
import { deriveKeys, type SessionKeys } from './key-derivation.js';

/**
 * The transforms of SRTP and SRTCP under the keys of one direction: AEAD_AES_128_GCM (RFC 7714) and AES_CM_128_HMAC_SHA1_80
 * (RFC 3711). They know nothing of sequence guessing and replay: indexes come in as arguments. Payloads are read where they
 * lie and written behind a header that is already in place, so a payload is copied by being encrypted and not otherwise.
 */
export interface SrtpTransform {
  /** Bytes that sealing adds to an RTP packet. */
  readonly rtpOverhead: number;
  /** Bytes that sealing adds to an RTCP packet, index included. */
  readonly rtcpOverhead: number;
  /**
   * Seals an RTP packet of which the header stands at `at`. `index` is rollover counter * 65536 + sequence number.
   * Returns the length of the sealed packet.
   */
  sealRtp(
    out: Arena,
    at: number,
    headerLength: number,
    input: Arena,
    inputAt: number,
    length: number,
    ssrc: number,
    index: number,
  ): number;
  /** Checks and decrypts in place a packet of `length` bytes. Returns the length of the plain packet, or -1. */
  openRtp(packet: Arena, at: number, headerLength: number, length: number, ssrc: number, index: number): number;
  /** Seals in place a compound RTCP packet of `length` bytes. Returns the new length. */
  sealRtcp(packet: Arena, at: number, length: number, index: number): number;
  /** Checks and decrypts in place. Returns the length of the plain packet, or -1. */
  openRtcp(packet: Arena, at: number, length: number): number;
  /** The 31-bit index that a sealed RTCP packet carries, or -1 when it is too short to have one. */
  rtcpIndex(packet: Arena, at: number, length: number): number;
}

/** A fixed RTCP header and the sender's SSRC stay readable (RFC 3711 section 3.4). */
const RTCP_HEADER = 8;
const INDEX_LENGTH = 4;
const ENCRYPTED = 0x8000_0000;
/** HMAC-SHA1 cut to 80 bits. */
const SHORT_TAG_LENGTH = 10;

/** Derives the session keys of one direction from its master key and salt. */
export function srtpTransform(
  suite: CipherSuite,
  profile: SrtpProfile,
  masterKey: Uint8Array,
  masterSalt: Uint8Array,
): SrtpTransform {
  const salt = masterSalt.subarray(0, profile === 'AEAD_AES_128_GCM' ? 12 : 14);
  const rtp = deriveKeys(suite, masterKey, salt, 'rtp');
  return transformOf(suite, profile, rtp, deriveKeys(suite, masterKey, salt, 'rtcp'));
}

/** The transform under session keys that are derived already. */
export function transformOf(suite: CipherSuite, profile: SrtpProfile, rtp: SessionKeys, rtcp: SessionKeys): SrtpTransform {
  return profile === 'AEAD_AES_128_GCM' ? new GcmTransform(suite, rtp, rtcp) : new CounterTransform(suite, rtp, rtcp);
}

class GcmTransform implements SrtpTransform {
  readonly rtpOverhead = GCM_TAG_LENGTH;
  readonly rtcpOverhead = GCM_TAG_LENGTH + INDEX_LENGTH;
  readonly #iv: Uint8Array;
  readonly #rtp: GcmKey;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcp: GcmKey;
  readonly #rtcpSalt: Uint8Array;
  /** Header and index of an RTCP packet are authenticated together but stand apart in it. */
  readonly #rtcpAad = allocateArena(RTCP_HEADER + INDEX_LENGTH);

  constructor(suite: CipherSuite, rtp: SessionKeys, rtcp: SessionKeys) {
    this.#iv = suite.iv.bytes;
    this.#rtp = suite.gcm(rtp.encryption);
    this.#rtpSalt = rtp.salt;
    this.#rtcp = suite.gcm(rtcp.encryption);
    this.#rtcpSalt = rtcp.salt;
  }

  sealRtp(
    out: Arena,
    at: number,
    headerLength: number,
    input: Arena,
    inputAt: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    this.#setIv(this.#rtpSalt, ssrc, index);
    this.#rtp.seal(out, at, headerLength, out, at + headerLength, input, inputAt, length);
    return headerLength + length + GCM_TAG_LENGTH;
  }

  openRtp(packet: Arena, at: number, headerLength: number, length: number, ssrc: number, index: number): number {
    const textLength = length - headerLength - GCM_TAG_LENGTH;
    if (textLength < 0) return -1;
    this.#setIv(this.#rtpSalt, ssrc, index);
    return this.#rtp.open(packet, at, headerLength, packet, at + headerLength, textLength) ? headerLength + textLength : -1;
  }

  sealRtcp(packet: Arena, at: number, length: number, index: number): number {
    const textLength = length - RTCP_HEADER;
    this.#setIv(this.#rtcpSalt, u32(packet.bytes, at + 4), index);
    this.#setRtcpAad(packet.bytes, at, (index | ENCRYPTED) >>> 0);
    const text = at + RTCP_HEADER;
    this.#rtcp.seal(this.#rtcpAad, 0, RTCP_HEADER + INDEX_LENGTH, packet, text, packet, text, textLength);
    put32(packet.bytes, at + length + GCM_TAG_LENGTH, (index | ENCRYPTED) >>> 0);
    return length + GCM_TAG_LENGTH + INDEX_LENGTH;
  }

  openRtcp(packet: Arena, at: number, length: number): number {
    const textLength = length - RTCP_HEADER - GCM_TAG_LENGTH - INDEX_LENGTH;
    if (textLength < 0) return -1;
    const word = u32(packet.bytes, at + length - INDEX_LENGTH);
    // Packets that are only authenticated (E = 0) are never sent by a browser.
    if (word < ENCRYPTED) return -1;
    this.#setIv(this.#rtcpSalt, u32(packet.bytes, at + 4), word - ENCRYPTED);
    this.#setRtcpAad(packet.bytes, at, word);
    const opened = this.#rtcp.open(this.#rtcpAad, 0, RTCP_HEADER + INDEX_LENGTH, packet, at + RTCP_HEADER, textLength);
    return opened ? RTCP_HEADER + textLength : -1;
  }

  rtcpIndex(packet: Arena, at: number, length: number): number {
    if (length < RTCP_HEADER + this.rtcpOverhead) return -1;
    return u32(packet.bytes, at + length - INDEX_LENGTH) & 0x7fff_ffff;
  }

  #setRtcpAad(packet: Uint8Array, at: number, word: number): void {
    const aad = this.#rtcpAad.bytes;
    put32(aad, 0, u32(packet, at));
    put32(aad, 4, u32(packet, at + 4));
    put32(aad, 8, word);
  }

  /** RFC 7714 sections 8.1 and 9.1: salt xor (two zero bytes, SSRC, 48-bit index). */
  #setIv(salt: Uint8Array, ssrc: number, index: number): void {
    const iv = this.#iv;
    put16(iv, 0, (salt[0]! << 8) | salt[1]!);
    put32(iv, 2, u32(salt, 2) ^ ssrc);
    put16(iv, 6, ((salt[6]! << 8) | salt[7]!) ^ Math.floor(index / 0x1_0000_0000));
    put32(iv, 8, u32(salt, 8) ^ (index % 0x1_0000_0000));
  }
}

class CounterTransform implements SrtpTransform {
  readonly rtpOverhead = SHORT_TAG_LENGTH;
  readonly rtcpOverhead = SHORT_TAG_LENGTH + INDEX_LENGTH;
  readonly #iv: Uint8Array;
  readonly #rtp: CounterKey;
  readonly #rtpTag: HmacKey;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcp: CounterKey;
  readonly #rtcpTag: HmacKey;
  readonly #rtcpSalt: Uint8Array;
  readonly #digest = allocateArena(20);
  /** Where a received packet gets its rollover counter behind it, which the sender hashed but did not send. */
  readonly #hashed = allocateArena(2048);

  constructor(suite: CipherSuite, rtp: SessionKeys, rtcp: SessionKeys) {
    this.#iv = suite.iv.bytes;
    this.#rtp = suite.counter(rtp.encryption);
    this.#rtpTag = suite.hmacSha1(rtp.authentication);
    this.#rtpSalt = rtp.salt;
    this.#rtcp = suite.counter(rtcp.encryption);
    this.#rtcpTag = suite.hmacSha1(rtcp.authentication);
    this.#rtcpSalt = rtcp.salt;
  }

  sealRtp(
    out: Arena,
    at: number,
    headerLength: number,
    input: Arena,
    inputAt: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    this.#setIv(this.#rtpSalt, ssrc, index);
    this.#rtp.apply(out, at + headerLength, input, inputAt, length);
    const end = at + headerLength + length;
    put32(out.bytes, end, Math.floor(index / 0x1_0000));
    this.#rtpTag.sign(out, at, end - at + 4, this.#digest, 0);
    copyTag(this.#digest.bytes, out.bytes, end);
    return end - at + SHORT_TAG_LENGTH;
  }

  openRtp(packet: Arena, at: number, headerLength: number, length: number, ssrc: number, index: number): number {
    const end = length - SHORT_TAG_LENGTH;
    if (end < headerLength || end + 4 > this.#hashed.bytes.length) return -1;
    this.#hashed.bytes.set(packet.bytes.subarray(at, at + end));
    put32(this.#hashed.bytes, end, Math.floor(index / 0x1_0000));
    this.#rtpTag.sign(this.#hashed, 0, end + 4, this.#digest, 0);
    if (!sameTag(this.#digest.bytes, packet.bytes, at + end)) return -1;
    this.#setIv(this.#rtpSalt, ssrc, index);
    this.#rtp.apply(packet, at + headerLength, packet, at + headerLength, end - headerLength);
    return end;
  }

  sealRtcp(packet: Arena, at: number, length: number, index: number): number {
    this.#setIv(this.#rtcpSalt, u32(packet.bytes, at + 4), index);
    this.#rtcp.apply(packet, at + RTCP_HEADER, packet, at + RTCP_HEADER, length - RTCP_HEADER);
    put32(packet.bytes, at + length, (index | ENCRYPTED) >>> 0);
    this.#rtcpTag.sign(packet, at, length + INDEX_LENGTH, this.#digest, 0);
    copyTag(this.#digest.bytes, packet.bytes, at + length + INDEX_LENGTH);
    return length + INDEX_LENGTH + SHORT_TAG_LENGTH;
  }

  openRtcp(packet: Arena, at: number, length: number): number {
    const end = length - SHORT_TAG_LENGTH;
    const plainLength = end - INDEX_LENGTH;
    if (plainLength < RTCP_HEADER) return -1;
    this.#rtcpTag.sign(packet, at, end, this.#digest, 0);
    if (!sameTag(this.#digest.bytes, packet.bytes, at + end)) return -1;
    const word = u32(packet.bytes, at + plainLength);
    if (word >= ENCRYPTED) {
      this.#setIv(this.#rtcpSalt, u32(packet.bytes, at + 4), word - ENCRYPTED);
      this.#rtcp.apply(packet, at + RTCP_HEADER, packet, at + RTCP_HEADER, plainLength - RTCP_HEADER);
    }
    return plainLength;
  }

  rtcpIndex(packet: Arena, at: number, length: number): number {
    if (length < RTCP_HEADER + this.rtcpOverhead) return -1;
    return u32(packet.bytes, at + length - this.rtcpOverhead) & 0x7fff_ffff;
  }

  /** RFC 3711 section 4.1.1: (salt * 2^16) xor (SSRC * 2^64) xor (index * 2^16); the last two bytes count blocks. */
  #setIv(salt: Uint8Array, ssrc: number, index: number): void {
    const iv = this.#iv;
    put32(iv, 0, u32(salt, 0));
    put32(iv, 4, u32(salt, 4) ^ ssrc);
    put32(iv, 8, u32(salt, 8) ^ Math.floor(index / 0x1_0000));
    put16(iv, 12, ((salt[12]! << 8) | salt[13]!) ^ (index & 0xffff));
    put16(iv, 14, 0);
  }
}

function copyTag(digest: Uint8Array, out: Uint8Array, at: number): void {
  for (let i = 0; i < SHORT_TAG_LENGTH; i++) out[at + i] = digest[i]!;
}

/** Compares in constant time. */
function sameTag(digest: Uint8Array, packet: Uint8Array, at: number): boolean {
  let difference = 0;
  for (let i = 0; i < SHORT_TAG_LENGTH; i++) difference |= digest[i]! ^ packet[at + i]!;
  return difference === 0;
}
