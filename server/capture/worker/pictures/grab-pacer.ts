import { assertNever } from '../../../lib/assert-never.js';

/**
 * Decides when one grabbed stream takes the next picture of the screen. A still screen sends one refining frame, and from then on one
 * without changes every 2 s;
 * the first change after a pause is taken at once, later ones at the frame cap, which lifts for a moment after an input, since
 * that is when someone waits for the picture. Nothing is taken while the encoder works on the last frame, so latency never
 * queues. Pure: time comes in as `nowMs`, the caller carries out the effects.
 */
export interface GrabPacer {
  /** The ordinary distance of frames in ms. */
  readonly intervalMs: number;
  /** The distance for a moment after an input. */
  readonly liftedMs: number;
  /** The screen changed since the last frame. */
  readonly dirty: boolean;
  /** A frame is wanted whatever the screen does: first frame, keyframe, join. */
  readonly owed: boolean;
  /** When the one refining frame of a screen that stays still is due. */
  readonly refineAtMs: number | undefined;
  readonly lastFrameMs: number;
  /** The earliest time of the next frame; advances by the interval, so that late timers do not lower the rate. */
  readonly dueMs: number;
  readonly boostUntilMs: number;
  /** While the encoder has a frame: the time at which it is taken for lost. */
  readonly busyUntilMs: number | undefined;
}

export type PacerInput =
  | { readonly kind: 'damaged' }
  | { readonly kind: 'input' }
  | { readonly kind: 'frame-wanted' }
  | { readonly kind: 'encoded' }
  | { readonly kind: 'tick' };

export type PacerEffect = { readonly kind: 'grab' } | { readonly kind: 'wake'; readonly atMs: number };

/** After an input the cap lifts to 60 frames a second for 120 ms: long enough for an application to draw its answer. */
export const BOOST_MS = 120;
export const BOOST_INTERVAL_MS = 1000 / 60;
/** A screen unchanged this long gets one frame of better quality. */
export const REFINE_AFTER_MS = 300;
/** A receiver that got no frame for 3 s asks for a keyframe, a hundred times as large: it gets one without changes before. */
export const KEEP_ALIVE_MS = 2_000;
/** Chromium shows no two frames closer to each other than this; a keyframe that is wanted at once waits so long. */
const LEAST_DISTANCE_MS = 8;
/** An encoder may drop a frame without a word; after this time the next one is tried. */
export const ENCODER_PATIENCE_MS = 1000;

/** A stream with at most `framesPerSecond`, a cap that `lifts` after inputs or does not; it owes its first frame. */
export function newGrabPacer(framesPerSecond: number, lifts: boolean): GrabPacer {
  const intervalMs = 1000 / framesPerSecond;
  return {
    intervalMs,
    liftedMs: lifts ? Math.min(intervalMs, BOOST_INTERVAL_MS) : intervalMs,
    dirty: false,
    owed: true,
    refineAtMs: undefined,
    lastFrameMs: Number.NEGATIVE_INFINITY,
    dueMs: Number.NEGATIVE_INFINITY,
    boostUntilMs: Number.NEGATIVE_INFINITY,
    busyUntilMs: undefined,
  };
}

export function stepGrabPacer(pacer: GrabPacer, input: PacerInput, nowMs: number): [GrabPacer, PacerEffect[]] {
  switch (input.kind) {
    case 'damaged':
      return decide({ ...pacer, dirty: true }, nowMs);
    case 'input': {
      const dueMs = Math.min(pacer.dueMs, pacer.lastFrameMs + pacer.liftedMs);
      return decide({ ...pacer, dueMs, boostUntilMs: nowMs + BOOST_MS }, nowMs);
    }
    case 'frame-wanted':
      return decide({ ...pacer, owed: true }, nowMs);
    case 'encoded':
      return decide({ ...pacer, busyUntilMs: undefined }, nowMs);
    case 'tick':
      return decide(pacer, nowMs);
    default:
      return assertNever(input);
  }
}

function decide(pacer: GrabPacer, nowMs: number): [GrabPacer, PacerEffect[]] {
  if (pacer.busyUntilMs !== undefined && nowMs < pacer.busyUntilMs) return [pacer, [{ kind: 'wake', atMs: pacer.busyUntilMs }]];
  const apartMs = pacer.lastFrameMs + LEAST_DISTANCE_MS;
  if (pacer.owed && nowMs < apartMs) return [pacer, [{ kind: 'wake', atMs: apartMs }]];
  if (pacer.owed || (pacer.dirty && nowMs >= pacer.dueMs)) return grab(pacer, nowMs, nowMs + REFINE_AFTER_MS);
  if (pacer.dirty) return [pacer, [{ kind: 'wake', atMs: pacer.dueMs }]];
  const nextMs = pacer.refineAtMs ?? pacer.lastFrameMs + KEEP_ALIVE_MS;
  return nowMs >= nextMs ? grab(pacer, nowMs, undefined) : [pacer, [{ kind: 'wake', atMs: nextMs }]];
}

function grab(pacer: GrabPacer, nowMs: number, refineAtMs: number | undefined): [GrabPacer, PacerEffect[]] {
  const intervalMs = nowMs < pacer.boostUntilMs ? pacer.liftedMs : pacer.intervalMs;
  // On a busy screen the next frame is due one interval after this one was due; after a pause, one interval from now.
  const onSchedule = nowMs - pacer.dueMs < intervalMs;
  const fromMs = onSchedule ? Math.min(nowMs, Math.max(pacer.dueMs, nowMs - intervalMs / 2)) : nowMs;
  const next: GrabPacer = {
    ...pacer,
    dirty: false,
    owed: false,
    refineAtMs,
    lastFrameMs: nowMs,
    dueMs: fromMs + intervalMs,
    busyUntilMs: nowMs + ENCODER_PATIENCE_MS,
  };
  return [next, [{ kind: 'grab' }, { kind: 'wake', atMs: nowMs + ENCODER_PATIENCE_MS }]];
}
