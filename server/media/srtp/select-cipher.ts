import { allocateArena } from '../../native/arena.js';
import { loadLibcrypto } from '../../native/libcrypto.js';
import type { CipherSuite } from './cipher-suite.js';
import { libcryptoSuite } from './libcrypto-suite.js';
import { nodeCryptoSuite } from './node-crypto-suite.js';

/** Chooses the ciphers of this process; `reason` says why the plain ones had to do. */
export function selectCipher(): { readonly suite: CipherSuite; readonly reason: string | undefined } {
  const plain = nodeCryptoSuite();
  const libcrypto = loadLibcrypto();
  if (!libcrypto.ok) return { suite: plain, reason: libcrypto.error };
  const fast = libcryptoSuite(libcrypto.value);
  return agree(fast, plain)
    ? { suite: fast, reason: undefined }
    : { suite: plain, reason: 'libcrypto gave other bytes than node:crypto' };
}

/** Whether both suites turn the same input into the same bytes, and open what they sealed. */
function agree(fast: CipherSuite, plain: CipherSuite): boolean {
  try {
    const expected = sampleOutput(plain);
    return expected !== undefined && sampleOutput(fast)?.equals(expected) === true;
  } catch {
    return false;
  }
}

function sampleOutput(suite: CipherSuite): Buffer | undefined {
  const input = allocateArena(256);
  const out = allocateArena(256);
  for (let i = 0; i < 256; i++) input.bytes[i] = i;
  out.bytes.fill(0);
  suite.iv.bytes.set(input.bytes.subarray(0, 16));
  const gcm = suite.gcm(input.bytes.subarray(0, 16));
  gcm.seal(input, 3, 20, out, 0, input, 40, 77);
  suite.counter(input.bytes.subarray(16, 32)).apply(out, 100, input, 7, 33);
  suite.hmacSha1(input.bytes.subarray(32, 52)).sign(input, 0, 99, out, 140);
  const sample = Buffer.from(out.bytes);
  const opened = gcm.open(input, 3, 20, out, 0, 77) && out.bytes.subarray(0, 77).equals(input.bytes.subarray(40, 117));
  out.bytes.set(sample);
  out.bytes[5] = (out.bytes[5] ?? 0) ^ 1;
  return opened && !gcm.open(input, 3, 20, out, 0, 77) ? sample : undefined;
}
