import { err, ok, type Result } from '../lib/result.js';
import { type Arena, allocateArena } from './arena.js';
import { loadKoffi } from './load-koffi.js';

/**
 * The ciphers of SRTP from the OpenSSL inside Node's own executable. Everything is passed by address (arena.ts), and one
 * context per algorithm serves every key: re-keying costs 0.1 us, a context per viewer would have to be freed by hand.
 * Each call returns whether it succeeded.
 */
export interface Libcrypto {
  /** AES-128-GCM, 12-byte iv; writes `length` bytes to `out` and the 16-byte tag behind them. */
  gcmSeal(key: number, iv: number, aad: number, aadLength: number, out: number, input: number, length: number): boolean;
  /** The reverse; the tag is expected behind the input. Use the output only where this returns true. */
  gcmOpen(key: number, iv: number, aad: number, aadLength: number, out: number, input: number, length: number): boolean;
  /** AES-128 in counter mode, 16-byte iv. */
  counter(key: number, iv: number, out: number, input: number, length: number): boolean;
  /** HMAC-SHA1 with a 20-byte key; writes 20 bytes. */
  hmacSha1(key: number, input: number, length: number, out: number): boolean;
  /** The bytes at a key's address changed, or belong to another key now. */
  forgetKeys(): void;
}

type Native = (...args: number[]) => number;

const GET_TAG = 0x10;
const SET_TAG = 0x11;
const TAG_LENGTH = 16;
const HMAC_KEY_LENGTH = 20;

/** Memory that only native code points to: without this reference the garbage collector would free it. */
const kept: Arena[] = [];

/** Binds libcrypto's functions, or says why that is not possible. */
export function loadLibcrypto(): Result<Libcrypto> {
  const koffi = loadKoffi();
  if (!koffi.ok) return koffi;
  try {
    // A null path means the symbols of the running executable.
    const library = koffi.value.load(null);
    const bind = (result: string, name: string, ...parameters: string[]): Native => library.func(name, result, parameters);
    return ok(create(bind));
  } catch (error) {
    return err(`libcrypto is not callable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function create(bind: (result: string, name: string, ...parameters: string[]) => Native): Libcrypto {
  const pointer = 'uintptr_t';
  const contextNew = bind(pointer, 'EVP_CIPHER_CTX_new');
  const control = bind('int', 'EVP_CIPHER_CTX_ctrl', pointer, 'int', 'int', pointer);
  const encryptInit = bind('int', 'EVP_EncryptInit_ex', pointer, pointer, pointer, pointer, pointer);
  const encryptUpdate = bind('int', 'EVP_EncryptUpdate', pointer, pointer, pointer, pointer, 'int');
  const encryptFinal = bind('int', 'EVP_EncryptFinal_ex', pointer, pointer, pointer);
  const decryptInit = bind('int', 'EVP_DecryptInit_ex', pointer, pointer, pointer, pointer, pointer);
  const decryptUpdate = bind('int', 'EVP_DecryptUpdate', pointer, pointer, pointer, pointer, 'int');
  const decryptFinal = bind('int', 'EVP_DecryptFinal_ex', pointer, pointer, pointer);
  const hmacInit = bind('int', 'HMAC_Init_ex', pointer, pointer, 'int', pointer, pointer);
  const hmacUpdate = bind('int', 'HMAC_Update', pointer, pointer, 'size_t');
  const hmacFinal = bind('int', 'HMAC_Final', pointer, pointer, pointer);

  const scratch = allocateArena(64);
  kept.push(scratch);
  scratch.bytes.fill(0);
  const written = scratch.address;
  const leftover = scratch.address + 16;
  const zeroKey = scratch.address + 32;

  const gcm = bind(pointer, 'EVP_aes_128_gcm')();
  const sealing = contextNew();
  const opening = contextNew();
  const counting = contextNew();
  const signing = bind(pointer, 'HMAC_CTX_new')();
  const sha1 = bind(pointer, 'EVP_sha1')();
  const started =
    encryptInit(sealing, gcm, 0, zeroKey, zeroKey) === 1 &&
    decryptInit(opening, gcm, 0, zeroKey, zeroKey) === 1 &&
    encryptInit(counting, bind(pointer, 'EVP_aes_128_ctr')(), 0, zeroKey, zeroKey) === 1 &&
    hmacInit(signing, zeroKey, HMAC_KEY_LENGTH, sha1, 0) === 1;
  if (!started) throw new Error('a cipher could not be initialised');

  // The packets of one viewer leave one after the other, so the key of the last call is mostly the key of this one.
  let sealingKey = 0;
  let countingKey = 0;
  let signingKey = 0;

  return {
    gcmSeal(key, iv, aad, aadLength, out, input, length) {
      const done =
        encryptInit(sealing, 0, 0, key === sealingKey ? 0 : key, iv) === 1 &&
        encryptUpdate(sealing, 0, written, aad, aadLength) === 1 &&
        (length === 0 || encryptUpdate(sealing, out, written, input, length) === 1) &&
        encryptFinal(sealing, leftover, written) === 1 &&
        control(sealing, GET_TAG, TAG_LENGTH, out + length) === 1;
      sealingKey = done ? key : 0;
      return done;
    },
    gcmOpen(key, iv, aad, aadLength, out, input, length) {
      return (
        decryptInit(opening, 0, 0, key, iv) === 1 &&
        decryptUpdate(opening, 0, written, aad, aadLength) === 1 &&
        (length === 0 || decryptUpdate(opening, out, written, input, length) === 1) &&
        control(opening, SET_TAG, TAG_LENGTH, input + length) === 1 &&
        decryptFinal(opening, leftover, written) === 1
      );
    },
    counter(key, iv, out, input, length) {
      const done =
        encryptInit(counting, 0, 0, key === countingKey ? 0 : key, iv) === 1 &&
        encryptUpdate(counting, out, written, input, length) === 1;
      countingKey = done ? key : 0;
      return done;
    },
    hmacSha1(key, input, length, out) {
      const same = key === signingKey;
      const done =
        hmacInit(signing, same ? 0 : key, same ? 0 : HMAC_KEY_LENGTH, 0, 0) === 1 &&
        hmacUpdate(signing, input, length) === 1 &&
        hmacFinal(signing, out, written) === 1;
      signingKey = done ? key : 0;
      return done;
    },
    forgetKeys() {
      sealingKey = 0;
      countingKey = 0;
      signingKey = 0;
    },
  };
}
