import type { InputCommand } from '../protocol/channel/datachannel.js';

/** One action of an input device, in screen pixels, X keysyms and X button numbers. */
export type InputAction =
  | Exclude<InputCommand, { kind: 'ping' }>
  /** Pressed together, and let go. */
  | { readonly kind: 'key-press'; readonly keysyms: readonly number[] }
  | { readonly kind: 'button-press'; readonly code: number };
