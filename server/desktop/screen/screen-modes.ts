import type { ScreenSize } from '../../protocol/events/screen.js';
import type { ModeLine } from './cvt.js';

/** [P] The sizes and rates that a screen offers, and how a requested size maps to them. */

/** The timings of a mode that X knows. */
export interface KnownMode {
  readonly id: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** In Hz. */
  readonly dot_clock: number;
  readonly h_total: number;
  readonly v_total: number;
}

export const DEFAULT_RATE = 60;
const WIDTH_STEP = 8;
const HIGHEST_LISTED_RATE = 60;
const HIGHEST_ODD_RATE = 30;

/** The size applied for a requested `size`: the width rounded down to a multiple of 8, 60 Hz where no rate is given. */
export function roundedSize({ width, height, rate }: ScreenSize): ScreenSize {
  return { width: width - (width % WIDTH_STEP), height, rate: rate === 0 ? DEFAULT_RATE : rate };
}

/** The size of a mode, with its rate as a whole number. */
export function sizeOf(mode: KnownMode): ScreenSize {
  return { width: mode.width, height: mode.height, rate: Math.round(mode.dot_clock / (mode.h_total * mode.v_total || 1)) };
}

/** The distinct sizes that are offered to choose from, largest first: up to 60 Hz, above 30 Hz only in steps of ten. */
export function listedSizes(modes: readonly KnownMode[]): ScreenSize[] {
  const distinct = new Map<string, ScreenSize>();
  for (const size of modes.map(sizeOf)) {
    const { rate } = size;
    if (rate > HIGHEST_LISTED_RATE || (rate > HIGHEST_ODD_RATE && rate % 10 !== 0) || rate === 0) continue;
    distinct.set(`${size.width}x${size.height}@${rate}`, size);
  }
  return [...distinct.values()].sort((a, b) => b.width * b.height - a.width * a.height || b.width - a.width || b.rate - a.rate);
}

/** The mode of exactly this size and rate, one made by an earlier request for it included; undefined if there is none. */
export function modeFor<Mode extends KnownMode>(
  modes: readonly Mode[],
  { width, height, rate }: ScreenSize,
  line: ModeLine,
): Mode | undefined {
  const fitting = modes.filter((mode) => mode.width === width && mode.height === height);
  return fitting.find((mode) => mode.name === line.name) ?? fitting.find((mode) => sizeOf(mode).rate === rate);
}
