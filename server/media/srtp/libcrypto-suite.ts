import { type Arena, allocateArena } from '../../native/arena.js';
import type { Libcrypto } from '../../native/libcrypto.js';
import type { CipherSuite } from './cipher-suite.js';

/** The fast ciphers. A failing call is a bug or a broken library, so it throws. */
export function libcryptoSuite(libcrypto: Libcrypto): CipherSuite {
  const iv = allocateArena(16);
  const hold = (key: Uint8Array): Arena => {
    const arena = allocateArena(key.length);
    arena.bytes.set(key);
    libcrypto.forgetKeys();
    return arena;
  };
  return {
    name: 'libcrypto',
    iv,
    gcm(key) {
      const held = hold(key);
      return {
        seal(aad, aadAt, aadLength, out, outAt, input, inputAt, length) {
          const from = input.address + inputAt;
          const to = out.address + outAt;
          if (!libcrypto.gcmSeal(held.address, iv.address, aad.address + aadAt, aadLength, to, from, length)) fail();
        },
        open(aad, aadAt, aadLength, packet, at, length) {
          const text = packet.address + at;
          return libcrypto.gcmOpen(held.address, iv.address, aad.address + aadAt, aadLength, text, text, length);
        },
      };
    },
    counter(key) {
      const held = hold(key);
      return {
        apply(out, outAt, input, inputAt, length) {
          if (!libcrypto.counter(held.address, iv.address, out.address + outAt, input.address + inputAt, length)) fail();
        },
      };
    },
    hmacSha1(key) {
      const held = hold(key);
      return {
        sign(input, inputAt, length, out, outAt) {
          if (!libcrypto.hmacSha1(held.address, input.address + inputAt, length, out.address + outAt)) fail();
        },
      };
    },
  };
}

function fail(): never {
  throw new Error('libcrypto refused a packet');
}
