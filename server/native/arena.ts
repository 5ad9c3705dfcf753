import { loadKoffi } from './load-koffi.js';

/** Bytes with a fixed home, so that native code can be handed plain addresses instead of objects. */
export interface Arena {
  readonly bytes: Buffer;
  /** Address of the first byte; 0 where no native code can be called. Keep the arena with it: the memory is freed with `bytes`. */
  readonly address: number;
}

/** Allocates outside the JavaScript heap, where the collector moves nothing. The bytes are not cleared. */
export function allocateArena(size: number): Arena {
  const bytes = Buffer.allocUnsafeSlow(size);
  const koffi = loadKoffi();
  return { bytes, address: koffi.ok ? Number(koffi.value.address(bytes)) : 0 };
}
