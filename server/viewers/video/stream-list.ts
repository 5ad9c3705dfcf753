import type { BitrateRange } from '../../capture/encoders/bitrate-range.js';

/** The video streams that there are. */
export interface StreamList {
  /** Offered ids, best first. */
  readonly offered: readonly string[];
  /** Ids that can be named exactly, and are not offered. */
  readonly hidden: readonly string[];
  /** Measured over the last full second; 0 while the stream does not run. */
  bitrateBps(streamId: string): number;
  /** What the stream takes while it runs, known also while it does not; undefined where that is unknown yet. */
  nominalBitrateBps(streamId: string): number | undefined;
  /** Between which bitrates the stream's encoder may be moved; undefined where that is not known. */
  bitrateRange(streamId: string): BitrateRange | undefined;
  /** Whether the stream gave no picture when it was last tried; none did unless it is said. */
  isBroken?(streamId: string): boolean;
}
