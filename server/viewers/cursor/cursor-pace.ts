import type { ScreenPosition } from './cursor-start.js';

/** A viewer's screen draws no more than this, while a mouse may report a thousand a second. */
export const POSITIONS_PER_SECOND = 60;
const INTERVAL_MS = 1_000 / POSITIONS_PER_SECOND;

/** Where the pointer went, and the session that moved it: that one knows, and is sent nothing. */
export interface PointerMove extends ScreenPosition {
  readonly by: string;
}

/** [P] When the last position was sent, and the newest one that was not. */
export interface CursorPace {
  readonly sentAtMs: number;
  readonly waiting: PointerMove | undefined;
}

export const NEVER_MOVED: CursorPace = { sentAtMs: Number.NEGATIVE_INFINITY, waiting: undefined };

/** What is to be sent now, and when to come back for what waits. */
export interface PaceStep {
  readonly pace: CursorPace;
  readonly send: PointerMove | undefined;
  readonly againAtMs: number | undefined;
}

/** The pointer moved, or, without `move`, it is time to look at what waits (SPEC.md VW2). */
export function stepPace({ sentAtMs, waiting }: CursorPace, move: PointerMove | undefined, nowMs: number): PaceStep {
  const newest = move ?? waiting;
  if (newest === undefined) return { pace: { sentAtMs, waiting }, send: undefined, againAtMs: undefined };
  const dueAtMs = sentAtMs + INTERVAL_MS;
  if (nowMs < dueAtMs) return { pace: { sentAtMs, waiting: newest }, send: undefined, againAtMs: dueAtMs };
  return { pace: { sentAtMs: nowMs, waiting: undefined }, send: newest, againAtMs: undefined };
}
