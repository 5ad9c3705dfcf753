import type { Arena } from '../../native/arena.js';
import { allocateArena } from '../../native/arena.js';
import type { CipherSuite } from './cipher-suite.js';

/** What is derived from one master key for RTP or RTCP in one direction. */
export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly authentication: Uint8Array;
  readonly salt: Uint8Array;
}

/** RFC 3711 section 4.3.2: the label of the encryption key; authentication and salt follow it. */
const FIRST_LABEL = { rtp: 0, rtcp: 3 } as const;

/**
 * Derives session keys (RFC 3711 section 4.3, key derivation rate 0): 16-byte encryption key, 20-byte authentication key,
 * 14-byte salt. A 12-byte master salt (RFC 7714 section 11) counts as 14 bytes with zeros at the end.
 */
export function deriveKeys(suite: CipherSuite, masterKey: Uint8Array, masterSalt: Uint8Array, use: 'rtp' | 'rtcp'): SessionKeys {
  const cipher = suite.counter(masterKey);
  const zeros = allocateArena(32);
  zeros.bytes.fill(0);
  const derive = (label: number, length: number): Uint8Array => {
    const out: Arena = allocateArena(32);
    suite.iv.bytes.fill(0);
    suite.iv.bytes.set(masterSalt.subarray(0, 14));
    suite.iv.bytes[7] = suite.iv.bytes[7]! ^ label;
    cipher.apply(out, 0, zeros, 0, 32);
    return out.bytes.subarray(0, length);
  };
  const label = FIRST_LABEL[use];
  return { encryption: derive(label, 16), authentication: derive(label + 1, 20), salt: derive(label + 2, 14) };
}
