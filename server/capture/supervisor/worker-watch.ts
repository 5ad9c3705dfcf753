/**
 * Distinguishes a hanging worker from a busy one. It is asked for a sign of life at every beat; while it does not answer, what
 * matters is not how long it is silent but whether it does anything meanwhile: a stopped or deadlocked one uses no processor time,
 * a busy one does or waits for its turn. Ticks come at `WATCH_TICK_MS` while a question is open, else at the beat of
 * `lib/beat.ts`. Pure: counts ticks instead of time, so that a server that was itself held up does not blame the worker.
 */
export interface WorkerWatch {
  /** Ticks since the question that is still open was asked; undefined while none is. */
  readonly silentTicks: number | undefined;
  /** Those of them, the latest in a row, in which it did nothing. */
  readonly stillTicks: number;
  readonly usedMs: number | undefined;
}

/** What the system knows of the worker's main thread. */
export interface ThreadSample {
  /** The letter of /proc: R runs or waits for a processor, S sleeps, D waits for a disk, T is stopped. */
  readonly state: string;
  /** Processor time it has used. */
  readonly usedMs: number;
}

export type WatchVerdict =
  | { readonly kind: 'ask' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'hung'; readonly reason: string };

export const WATCH_TICK_MS = 500;
/** 2.5 s of nothing, at most one beat after it began to hang. */
export const STILL_TICKS = 5;
/** 30 s without an answer, whatever it does: loading all of GStreamer's plug-ins from a slow disk takes a part of this. */
export const SILENT_TICKS = 60;

export const NOT_ASKED: WorkerWatch = { silentTicks: undefined, stillTicks: 0, usedMs: undefined };

/** The worker has answered. */
export function answered(watch: WorkerWatch): WorkerWatch {
  return { ...watch, silentTicks: undefined, stillTicks: 0 };
}

/** One tick; `sample` is undefined where the system has no figures. */
export function watchTick(watch: WorkerWatch, sample: ThreadSample | undefined): [WorkerWatch, WatchVerdict] {
  const usedMs = sample?.usedMs;
  if (watch.silentTicks === undefined) return [{ silentTicks: 0, stillTicks: 0, usedMs }, { kind: 'ask' }];
  const silentTicks = watch.silentTicks + 1;
  const stillTicks = isStill(watch, sample) ? watch.stillTicks + 1 : 0;
  const next: WorkerWatch = { silentTicks, stillTicks, usedMs };
  if (stillTicks >= STILL_TICKS) {
    const stopped = sample?.state === 'T' || sample?.state === 't';
    return [next, { kind: 'hung', reason: stopped ? 'it was stopped' : 'it does nothing and does not answer' }];
  }
  if (silentTicks >= SILENT_TICKS) return [next, { kind: 'hung', reason: 'it is busy and does not answer' }];
  return [next, { kind: 'wait' }];
}

function isStill(watch: WorkerWatch, sample: ThreadSample | undefined): boolean {
  if (sample === undefined || sample.state === 'R' || sample.state === 'D') return false;
  return sample.usedMs === watch.usedMs;
}
