import type { Arena } from '../../native/arena.js';
import type { CipherName } from '../media-engine.js';

/** The ciphers of SRTP, fast (libcrypto by address) or plain (node:crypto). Both give the same bytes. */
export interface CipherSuite {
  readonly name: CipherName;
  /** Where the caller writes the initialisation vector before each call: 12 bytes for GCM, 16 for the counter mode. */
  readonly iv: Arena;
  gcm(key: Uint8Array): GcmKey;
  counter(key: Uint8Array): CounterKey;
  hmacSha1(key: Uint8Array): HmacKey;
}

export const GCM_TAG_LENGTH = 16;

/** AES-128-GCM under one key. `out` may be `input` at the same place. */
export interface GcmKey {
  /** Encrypts `length` bytes; the tag over them and the aad follows the output. */
  seal(
    aad: Arena,
    aadAt: number,
    aadLength: number,
    out: Arena,
    outAt: number,
    input: Arena,
    inputAt: number,
    length: number,
  ): void;
  /** Decrypts `length` bytes in place, behind which the tag stands. False when it does not match; the bytes are garbage then. */
  open(aad: Arena, aadAt: number, aadLength: number, packet: Arena, at: number, length: number): boolean;
}

/** AES-128 in counter mode under one key; encrypting and decrypting are the same. */
export interface CounterKey {
  apply(out: Arena, outAt: number, input: Arena, inputAt: number, length: number): void;
}

/** HMAC-SHA1 under one key. */
export interface HmacKey {
  /** Writes 20 bytes to `outAt`, which may lie behind or within the input. */
  sign(input: Arena, inputAt: number, length: number, out: Arena, outAt: number): void;
}
