/**
 * Whether an X server still answers. It is asked for something cheap at a tick, and at the next ticks it either has answered or
 * the question stands open. Ticks come at `HEARTBEAT_TICK_MS` while one does, else at the beat of `lib/beat.ts`.
 * Pure: counts ticks instead of time, so that a process that was itself held up does not blame it.
 */
export interface Heartbeat {
  /** Ticks since the question that is open was asked; undefined while none is. */
  readonly openTicks: number | undefined;
  readonly silent: boolean;
}

export type HeartbeatInput = 'tick' | 'answer';
/** `ask` for a sign of life; it `fell-silent`; it `answers-again`. */
export type HeartbeatEffect = 'ask' | 'fell-silent' | 'answers-again';

export const HEARTBEAT_TICK_MS = 500;
/** 2.5 s: an X server answers in less than a millisecond, and on an overloaded machine in some hundreds. */
export const SILENT_AFTER_TICKS = 5;

export const BEATING: Heartbeat = { openTicks: undefined, silent: false };

export function stepHeartbeat(heartbeat: Heartbeat, input: HeartbeatInput): [Heartbeat, HeartbeatEffect | undefined] {
  if (input === 'answer') return [BEATING, heartbeat.silent ? 'answers-again' : undefined];
  if (heartbeat.openTicks === undefined) return [{ ...heartbeat, openTicks: 0 }, 'ask'];
  const openTicks = heartbeat.openTicks + 1;
  if (heartbeat.silent || openTicks < SILENT_AFTER_TICKS) return [{ ...heartbeat, openTicks }, undefined];
  return [{ openTicks, silent: true }, 'fell-silent'];
}
