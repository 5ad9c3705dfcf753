import { assertNever } from '../../../lib/assert-never.js';

/**
 * Decides when an encoder is asked for a keyframe. Viewers ask whenever they join or lose a picture; an encoder that obeyed
 * each of them would send nothing else. Pure: time comes in as `nowMs`, the caller carries out the effects.
 */
export type KeyframeGate =
  | { readonly kind: 'starting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly untilMs: number }
  | { readonly kind: 'owing'; readonly untilMs: number };

export type KeyframeInput = { readonly kind: 'first-frame' } | { readonly kind: 'requested' } | { readonly kind: 'tick' };

export type KeyframeEffect = { readonly kind: 'force-keyframe' } | { readonly kind: 'wake'; readonly atMs: number };

/** Shortest distance between two keyframes of one encoding. RFC 4585 section 6.3.1 leaves the answer to the sender. */
export const KEYFRAME_INTERVAL_MS = 500;

/** A new encoding begins with a keyframe, so whatever is asked before that is answered by it. */
export const STARTING_GATE: KeyframeGate = { kind: 'starting' };

export function stepKeyframeGate(gate: KeyframeGate, input: KeyframeInput, nowMs: number): [KeyframeGate, KeyframeEffect[]] {
  if (input.kind === 'first-frame') return [{ kind: 'closed', untilMs: nowMs + KEYFRAME_INTERVAL_MS }, []];
  switch (gate.kind) {
    case 'starting':
      return [gate, []];
    case 'open':
      return input.kind === 'requested' ? force(nowMs) : [gate, []];
    case 'closed':
      if (nowMs >= gate.untilMs) return stepKeyframeGate({ kind: 'open' }, input, nowMs);
      return input.kind === 'requested' ? owe(gate.untilMs) : [gate, []];
    case 'owing':
      // A timer may fire a little early, so the wake is asked for again.
      return nowMs >= gate.untilMs ? force(nowMs) : owe(gate.untilMs);
    default:
      return assertNever(gate);
  }
}

function owe(untilMs: number): [KeyframeGate, KeyframeEffect[]] {
  return [{ kind: 'owing', untilMs }, [{ kind: 'wake', atMs: untilMs }]];
}

function force(nowMs: number): [KeyframeGate, KeyframeEffect[]] {
  return [{ kind: 'closed', untilMs: nowMs + KEYFRAME_INTERVAL_MS }, [{ kind: 'force-keyframe' }]];
}
