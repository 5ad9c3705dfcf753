import type { CipherSuite } from '../../../server/media/srtp/cipher-suite.js';
import { libcryptoSuite } from '../../../server/media/srtp/libcrypto-suite.js';
import { nodeCryptoSuite } from '../../../server/media/srtp/node-crypto-suite.js';
import { allocateArena } from '../../../server/native/arena.js';
import { loadLibcrypto } from '../../../server/native/libcrypto.js';

/** Both implementations; that the fast one exists is part of what is tested. */
export function bothSuites(): CipherSuite[] {
  const libcrypto = loadLibcrypto();
  if (!libcrypto.ok) throw new Error(libcrypto.error);
  return [libcryptoSuite(libcrypto.value), nodeCryptoSuite()];
}

export const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** An arena that holds the bytes and room behind them. */
export function arenaOf(bytes: Uint8Array, room = 64) {
  const arena = allocateArena(bytes.length + room);
  arena.bytes.fill(0);
  arena.bytes.set(bytes);
  return arena;
}
