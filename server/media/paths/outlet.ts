import type { Arena } from '../../native/arena.js';

/** Longest datagram that leaves: a payload slot, header, extensions, RTX number and tag. */
export const DATAGRAM_BYTES = 1_664;

/** Where one viewer's sealed datagrams leave. They are built in place: reserve, write, commit. */
export interface Outlet {
  readonly arena: Arena;
  /** Offset of `DATAGRAM_BYTES` to write to, or -1 while the path takes nothing; then `departures.retry` is to be called. */
  reserve(): number;
  /** What was reserved last is complete and `length` bytes long. It leaves by the next flush at the latest. */
  commit(length: number): void;
  /** Idempotent. */
  close(): void;
}
