import { loadKoffi } from './load-koffi.js';

/** Bytes with a fixed home, so that native code can be handed plain addresses instead of objects. */
export interface Arena {
  readonly bytes: Buffer;
  /** Of the first byte; 0 where no native code can be called. Whoever keeps the address must keep the arena: it is freed with `bytes`. */
  readonly address: number;
}

/** Allocates outside the JavaScript heap, where the collector moves nothing. The bytes are not cleared. */
export function allocateArena(size: number): Arena {
  const bytes = Buffer.allocUnsafeSlow(size);
  const koffi = loadKoffi();
  return { bytes, address: koffi.ok ? Number(koffi.value.address(bytes)) : 0 };
}
