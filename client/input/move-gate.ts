import type { ScreenPoint } from './viewport.js';

/** Shortest distance between two MOVE messages: about 120 a second, far above any screen's rate, far below a gaming mouse's. */
export const MOVE_INTERVAL_MS = 8;

/** Thins out pointer moves: the first goes at once, later ones at most every MOVE_INTERVAL_MS, the last one always goes. */
export interface MoveGate {
  readonly lastSentMs: number;
  readonly lastSent: ScreenPoint | null;
  readonly held: ScreenPoint | null;
}

export const OPEN_GATE: MoveGate = { lastSentMs: Number.NEGATIVE_INFINITY, lastSent: null, held: null };

/** The gate after a move, and the point to send now or null. */
export function offerMove(gate: MoveGate, point: ScreenPoint, nowMs: number): [MoveGate, ScreenPoint | null] {
  if (same(point, gate.lastSent)) return [{ ...gate, held: null }, null];
  if (nowMs - gate.lastSentMs < MOVE_INTERVAL_MS) return [{ ...gate, held: point }, null];
  return [{ lastSentMs: nowMs, lastSent: point, held: null }, point];
}

/** Lets the held point out, when its time has come or because a button follows it. */
export function flushMove(gate: MoveGate, nowMs: number): [MoveGate, ScreenPoint | null] {
  if (!gate.held) return [gate, null];
  return [{ lastSentMs: nowMs, lastSent: gate.held, held: null }, gate.held];
}

function same(a: ScreenPoint, b: ScreenPoint | null): boolean {
  return b !== null && a.x === b.x && a.y === b.y;
}
