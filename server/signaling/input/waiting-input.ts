import { TokenBucket } from '../../lib/bounds/token-bucket.js';
import { INPUT_LIMITS } from '../limits.js';

/** One action of a session on the desktop. Waiting positions and wheel turns merge, everything else keeps its order. */
export type InputJob =
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'scroll'; readonly deltaX: number; readonly deltaY: number; readonly control: boolean }
  /** `cost`: how long the X server is busy with it, as a multiple of a simple key. */
  | { readonly kind: 'act'; readonly run: () => void; readonly cost: number };

export type NextInput =
  | { readonly kind: 'job'; readonly source: string; readonly job: InputJob; readonly cost: number }
  /** Wait: a newer position may still replace this one. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** Wait: the X server is busy. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'none' };

/** A click of the wheel is less than a key. */
const CLICKS_PER_COST = 8;
/** More wheel clicks than a hand can make at once; every click is a press and a release in X. */
const MAX_CLICKS = 100;

/** As many clicks of the wheel as are done at once. */
export function limitClicks(clicks: number): number {
  return Math.max(-MAX_CLICKS, Math.min(MAX_CLICKS, clicks));
}

/**
 * [P] The input of all sessions that was not sent to the X server yet: bounded, in turns between sessions, in order within
 * one. Time is an argument. Little is sent at once, so that waiting input can still be dropped.
 */
export class WaitingInput {
  /** In the order in which it is each session's turn. */
  readonly #waiting = new Map<string, InputJob[]>();
  readonly #moves: TokenBucket;
  #atX = 0;

  constructor(nowMs: number) {
    this.#moves = new TokenBucket({ perSecond: INPUT_LIMITS.moves.value, burst: INPUT_LIMITS.moves.burst }, nowMs);
  }

  /** Returns false when the session has too much waiting: all of it is dropped, with `job`. */
  add(source: string, job: InputJob): boolean {
    const jobs = this.#waiting.get(source) ?? [];
    this.#waiting.set(source, jobs);
    const last = jobs.at(-1);
    const merged = last === undefined ? undefined : merge(last, job);
    if (merged !== undefined) jobs[jobs.length - 1] = merged;
    else if (jobs.length < INPUT_LIMITS.waiting.value) jobs.push(job);
    else return !this.#waiting.delete(source);
    return true;
  }

  /** Takes the next job to send to the X server now. */
  take(nowMs: number): NextInput {
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [source, jobs] of this.#waiting) {
      const [job] = jobs;
      if (job === undefined) continue;
      const cost = costOf(job);
      if (this.#atX > 0 && this.#atX + cost > INPUT_LIMITS.atX.value) return { kind: 'busy' };
      // A position with an action behind it is where that action happens.
      if (job.kind === 'move' && !this.#moves.take(nowMs) && jobs.length === 1) {
        waitMs = Math.min(waitMs, this.#moves.untilNextMs(nowMs));
        continue;
      }
      jobs.shift();
      this.#waiting.delete(source);
      if (jobs.length > 0) this.#waiting.set(source, jobs);
      this.#atX += cost;
      return { kind: 'job', source, job, cost };
    }
    return Number.isFinite(waitMs) ? { kind: 'wait', waitMs } : { kind: 'none' };
  }

  /** The X server has finished this cost. */
  worked(cost: number): void {
    this.#atX -= cost;
  }

  /** Drops waiting input, but for the first `kept` jobs of each session. */
  giveUp(kept: number): void {
    for (const [source, jobs] of this.#waiting) {
      jobs.length = Math.min(jobs.length, kept);
      if (jobs.length === 0) this.#waiting.delete(source);
    }
  }
}

function merge(last: InputJob, job: InputJob): InputJob | undefined {
  if (last.kind === 'move' && job.kind === 'move') return job;
  if (last.kind !== 'scroll' || job.kind !== 'scroll' || last.control !== job.control) return undefined;
  return { ...job, deltaX: last.deltaX + job.deltaX, deltaY: last.deltaY + job.deltaY };
}

function costOf(job: InputJob): number {
  if (job.kind === 'act') return job.cost;
  if (job.kind === 'move') return 1;
  const clicks = Math.abs(limitClicks(job.deltaX)) + Math.abs(limitClicks(job.deltaY));
  return 1 + Math.ceil(clicks / CLICKS_PER_COST);
}
