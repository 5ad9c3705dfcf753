import type { BitrateRange } from '../../capture/encoders/bitrate-range.js';

/** Viewers whose paths differ by less than this agree on a bitrate. */
const AGREEMENT = 1.5;
/** A change by less is not worth a message. */
const WORTHWHILE = 0.05;
/** Up in small steps: what the path carries more of is proven step by step. */
const STEP_UP = 1.15;
const STEP_UP_MS = 500;
const STEP_DOWN_MS = 150;

/** [P] The bitrate that fits those who watch a rung. Whose path is much narrower than the others' does not count: it goes a rung lower. */
export function agreedBitrate({ floorBps, nominalBps, ceilingBps }: BitrateRange, usableBps: readonly number[]): number {
  if (usableBps.length === 0) return nominalBps;
  const enough = Math.min(nominalBps, Math.max(...usableBps) / AGREEMENT);
  const least = Math.min(...usableBps.filter((each) => each >= enough));
  return Math.min(ceilingBps, Math.max(floorBps, least));
}

export interface EncoderAim {
  readonly bitrateBps: number;
  readonly setAtMs: number;
}

/** [P] Where an encoder aims next on its way to `wantedBps`: down at once, up by steps; the same object while nothing changes. */
export function stepAim(aim: EncoderAim, wantedBps: number, nowMs: number): EncoderAim {
  const ratio = wantedBps / aim.bitrateBps;
  if (Math.abs(ratio - 1) < WORTHWHILE) return aim;
  if (nowMs - aim.setAtMs < (ratio < 1 ? STEP_DOWN_MS : STEP_UP_MS)) return aim;
  return { bitrateBps: Math.round(Math.min(wantedBps, STEP_UP * aim.bitrateBps)), setAtMs: nowMs };
}
