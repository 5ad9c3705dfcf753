/**
 * How long a viewer's picture is held back so that its sound does not come late. Pictures are shown as soon as they are
 * decoded; browsers keep sound in a jitter buffer, which grows where packets come unevenly. What that buffer holds beyond
 * `UNNOTICED_MS` the picture has to wait for as well, and no longer than sound is heard at all.
 */
export interface LipSync {
  /** For the playout-delay of every picture, ms. */
  readonly holdMs: number;
  /** How many times in a row less would have done. */
  readonly lower: number;
  /** What stands in for a measurement, in clients that send none: the jitter of the latest receiver reports, ms. */
  readonly jitters: readonly number[] | 'measured';
}

export type LipSyncInput =
  /** The client measured how long sound waits for being played; 0 while it plays none. */
  | { readonly kind: 'measured'; readonly soundDelayMs: number }
  /** Interarrival jitter of the sound (RFC 3550 section 6.4.1). */
  | { readonly kind: 'reported'; readonly jitterMs: number };

export const IN_STEP: LipSync = { holdMs: 0, lower: 0, jitters: [] };

/** With what capture and encoding add to sound (25 ms more than to the picture), 65 of the 80 ms that pass for simultaneous. */
const UNNOTICED_MS = 40;
/** Sound later than this is broken anyway, and the picture is worth more. */
const MAX_HOLD_MS = 200;
const STEP_MS = 10;
/** What browsers take off a playout delay, to have time for decoding and drawing. */
const HEAD_START_MS = 20;
const LOWER_AFTER = 3;
const REPORTS = 3;
/** A jitter buffer covers nearly all of what arrives late, which is about four times the mean difference, and one packet. */
const SPREAD = 4;
const PACKET_MS = 20;

export function stepLipSync(state: LipSync, input: LipSyncInput): LipSync {
  if (input.kind === 'measured') return holdFor({ ...state, jitters: 'measured' }, input.soundDelayMs);
  if (state.jitters === 'measured') return state;
  const jitters = [...state.jitters, input.jitterMs].slice(-REPORTS);
  // One report may stand for a moment's hiccup.
  const steady = jitters.length < REPORTS ? 0 : Math.min(...jitters);
  return holdFor({ ...state, jitters }, PACKET_MS + SPREAD * steady);
}

/** Raises at once, lowers when less has done for a while, and lets go at once when there is no sound. */
function holdFor(state: LipSync, soundDelayMs: number): LipSync {
  if (soundDelayMs === 0) return { ...state, holdMs: 0, lower: 0 };
  const lateMs = Math.ceil((soundDelayMs - UNNOTICED_MS) / STEP_MS) * STEP_MS;
  const wantedMs = lateMs <= 0 ? 0 : Math.min(MAX_HOLD_MS, lateMs + HEAD_START_MS);
  if (wantedMs > state.holdMs) return { ...state, holdMs: wantedMs, lower: 0 };
  // A hold that is one step too long is not worth a jump.
  if (wantedMs === state.holdMs || (wantedMs > 0 && wantedMs >= state.holdMs - STEP_MS)) return { ...state, lower: 0 };
  const lower = state.lower + 1;
  return lower < LOWER_AFTER ? { ...state, lower } : { ...state, holdMs: wantedMs, lower: 0 };
}
