/**
 * Whether the threads of one pipeline still move. What is put in must come out again, sooner or later: an encoder that is only
 * slow uses processor time, a thread that hangs does not. Pure, and counted in checks instead of time, so that a process that was
 * itself held up does not blame its pipelines.
 */
export interface StallWatch {
  readonly outputs: number;
  /** Checks in a row in which something was due and nothing came. */
  readonly idleChecks: number;
}

export interface StallProgress {
  /** How often something has come out since the start. */
  readonly outputs: number;
  /** Something is due: sound that has begun to flow, pictures that were put in. */
  readonly due: boolean;
  /** Share of one processor that the process used since the last check. */
  readonly load: number;
}

export const STALL_CHECK_MS = 500;
/** 3 s in a process that does next to nothing. */
const IDLE_CHECKS = 6;
/** 15 s in one that works. */
const BUSY_CHECKS = 30;
const WORKING_LOAD = 0.05;

export const MOVING: StallWatch = { outputs: 0, idleChecks: 0 };

export function checkProgress(watch: StallWatch, { outputs, due }: StallProgress): StallWatch {
  return { outputs, idleChecks: due && outputs === watch.outputs ? watch.idleChecks + 1 : 0 };
}

export function hasStalled({ idleChecks }: StallWatch, { load }: StallProgress): boolean {
  return idleChecks >= (load < WORKING_LOAD ? IDLE_CHECKS : BUSY_CHECKS);
}
