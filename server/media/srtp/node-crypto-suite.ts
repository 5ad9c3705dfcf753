import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { allocateArena } from '../../native/arena.js';
import { type CipherSuite, GCM_TAG_LENGTH } from './cipher-suite.js';

/** The plain ciphers: about five times the CPU, no native calls. */
export function nodeCryptoSuite(): CipherSuite {
  const iv = allocateArena(16);
  const gcmIv = iv.bytes.subarray(0, 12);
  return {
    name: 'node:crypto',
    iv,
    gcm(key) {
      const held = Buffer.from(key);
      return {
        seal(aad, aadAt, aadLength, out, outAt, input, inputAt, length) {
          const cipher = createCipheriv('aes-128-gcm', held, gcmIv);
          cipher.setAAD(aad.bytes.subarray(aadAt, aadAt + aadLength));
          out.bytes.set(cipher.update(input.bytes.subarray(inputAt, inputAt + length)), outAt);
          cipher.final();
          out.bytes.set(cipher.getAuthTag(), outAt + length);
        },
        open(aad, aadAt, aadLength, packet, at, length) {
          const decipher = createDecipheriv('aes-128-gcm', held, gcmIv, { authTagLength: GCM_TAG_LENGTH });
          decipher.setAAD(aad.bytes.subarray(aadAt, aadAt + aadLength));
          decipher.setAuthTag(packet.bytes.subarray(at + length, at + length + GCM_TAG_LENGTH));
          packet.bytes.set(decipher.update(packet.bytes.subarray(at, at + length)), at);
          try {
            decipher.final();
            return true;
          } catch {
            return false;
          }
        },
      };
    },
    counter(key) {
      const held = Buffer.from(key);
      return {
        apply(out, outAt, input, inputAt, length) {
          const cipher = createCipheriv('aes-128-ctr', held, iv.bytes);
          out.bytes.set(cipher.update(input.bytes.subarray(inputAt, inputAt + length)), outAt);
        },
      };
    },
    hmacSha1(key) {
      const held = Buffer.from(key);
      return {
        sign(input, inputAt, length, out, outAt) {
          const hmac = createHmac('sha1', held).update(input.bytes.subarray(inputAt, inputAt + length));
          out.bytes.set(hmac.digest(), outAt);
        },
      };
    },
  };
}
