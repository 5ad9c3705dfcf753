import { DEFAULT_LADDER_IDS } from '../../config/streams.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import { defaultBitrateBps } from '../encoders/default-encoders.js';

/** One of the qualities that there are without configuration, as it is on one screen. */
export interface LadderRung {
  readonly id: string;
  /** Whether there is a better one. */
  readonly isLower: boolean;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
  /** Whether the frame rate rises for a moment after an input; that of a smaller picture never does. */
  readonly lifts: boolean;
  /** The size of its picture where it is not the screen's. */
  readonly scaledTo: PictureSize | undefined;
  /** On a small screen a rung takes hardly less than the one above it: such a rung is not offered to clients. */
  readonly worthwhile: boolean;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Of the first rung's bitrate: what still shows moving text, less sharp for a second. */
const MEDIUM_SHARE = 0.4;
/** 0.4 Mbit/s at 852x480. */
const LOW_BITS_PER_PIXEL = 0.98;
/** Text of the usual size can be read at two thirds, and at half it cannot. */
const LOW_SCALE = 2 / 3;
const LOW_MAX_PIXELS = 960 * 540;
const LOW_FPS = 20;
/** Saves a fifth of the rung's time; three rungs are to take less than 2.5 times one. */
const MEDIUM_FPS = 24;
/** Where the rung above takes less than twice this, its encoder can be lowered as well. */
const WORTHWHILE_BPS = 250_000;

/** The rungs on such a screen, best first: all of them whatever the screen, so that an id that was offered stays a stream. */
export function defaultLadder(screen: ScreenSize): readonly LadderRung[] {
  const { width, height, rate } = screen;
  const bitrateBps = defaultBitrateBps(width, height);
  const [main = '', medium = '', low = ''] = DEFAULT_LADDER_IDS;
  const mediumBps = Math.round(bitrateBps * MEDIUM_SHARE);
  const scaledTo = lowSize(width, height);
  const lowBps = Math.max(1, Math.round(Math.min(mediumBps / 2, scaledTo.width * scaledTo.height * LOW_BITS_PER_PIXEL)));
  return [
    { id: main, isLower: false, bitrateBps, framesPerSecond: rate, lifts: true, scaledTo: undefined, worthwhile: true },
    {
      id: medium,
      isLower: true,
      bitrateBps: mediumBps,
      framesPerSecond: Math.min(MEDIUM_FPS, rate),
      lifts: true,
      scaledTo: undefined,
      worthwhile: mediumBps >= WORTHWHILE_BPS,
    },
    {
      id: low,
      isLower: true,
      bitrateBps: lowBps,
      framesPerSecond: Math.min(LOW_FPS, rate),
      lifts: false,
      scaledTo,
      worthwhile: lowBps >= WORTHWHILE_BPS,
    },
  ];
}

/** In the screen's shape, with even sides, which half-size colour planes need. */
function lowSize(width: number, height: number): PictureSize {
  const scale = Math.min(LOW_SCALE, Math.sqrt(LOW_MAX_PIXELS / (width * height)));
  return { width: even(width * scale), height: even(height * scale) };
}

function even(length: number): number {
  return Math.max(2, 2 * Math.floor(length / 2));
}
