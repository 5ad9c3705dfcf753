/**
 * Whether an X server still answers. A cheap question is sent at a tick; at the next ticks it is
 * answered or still open. Ticks come every `HEARTBEAT_TICK_MS` while it is open, else at the beat of `lib/beat.ts`.
 * Pure: counts ticks instead of time, so that a pause of this process is not taken for silence of the X server.
 */
export interface Heartbeat {
  /** Ticks since the open question was sent; undefined while none is open. */
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
