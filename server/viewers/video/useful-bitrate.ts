import type { StreamList } from './stream-list.js';

/** Where nothing is known of the streams: about what a 1080p screen in motion takes. */
const UNKNOWN_BPS = 6_000_000;
/** Sound, and what is sent again of a path that loses a little. */
const BESIDE_BPS = 200_000;
const REPAIR_SHARE = 1.1;

/** The most that a viewer of these streams can make use of, bit/s. */
export function usefulBitrateBps({ offered, nominalBitrateBps, bitrateRange }: StreamList): number {
  const rates = offered.map((id) => bitrateRange(id)?.ceilingBps ?? nominalBitrateBps(id) ?? UNKNOWN_BPS);
  return Math.max(...rates, 0) * REPAIR_SHARE + BESIDE_BPS;
}
