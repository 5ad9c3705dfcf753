import { beginsAnew, highestBps, nominalBitrate } from './encoder-bitrate.js';

/** Between which bitrates an encoder may be moved while its viewers' networks change, bit/s. */
export interface BitrateRange {
  /** Below it the next rung shows more, or nothing that is worth watching is left. */
  readonly floorBps: number;
  /** What it aims at unless somebody moves it. */
  readonly nominalBps: number;
  readonly ceilingBps: number;
}

/** 6 Mbit/s where the first rung of a 720p screen aims at 3: more is hardly seen. */
export const CEILING_SHARE = 2;
/** The rung below takes 0.4 of it or less. */
const FLOOR_SHARE = 0.5;
/** Below the lowest rung there is nothing else: 0.1 Mbit/s where it aims at 0.4. */
const LOWEST_FLOOR_SHARE = 0.25;

export interface RangeShape {
  /** Whether its encoder may aim at more than its text says; not where somebody wrote that text. */
  readonly mayExceed: boolean;
  /** Whether there is no rung below. */
  readonly isLowest: boolean;
}

/** The range of an encoder by the bitrate in its text; undefined where the text says none. */
export function bitrateRange(text: string, { mayExceed, isLowest }: RangeShape): BitrateRange | undefined {
  const nominalBps = nominalBitrate(text, undefined);
  if (nominalBps === undefined) return undefined;
  // A keyframe for each change would cost more than the change brings.
  if (beginsAnew(text)) return { floorBps: nominalBps, nominalBps, ceilingBps: nominalBps };
  const ceilingBps = mayExceed ? Math.min(highestBps(text), nominalBps * CEILING_SHARE) : nominalBps;
  return { floorBps: Math.round(nominalBps * (isLowest ? LOWEST_FLOOR_SHARE : FLOOR_SHARE)), nominalBps, ceilingBps };
}
