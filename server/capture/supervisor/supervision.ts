import { assertNever } from '../../lib/assert-never.js';
import type { CaptureStatus } from '../capture-status.js';
import { NEVER_FAILED, type RestartHistory } from './restart-policy.js';
import type { WorkerWatch } from './worker-watch.js';

/** What the supervisor knows of the worker and of the jobs that are wanted. */
export interface Supervision {
  readonly worker: WorkerState;
  readonly history: RestartHistory;
  readonly jobs: ReadonlyMap<string, WantedJob>;
  /** The number of the last run. */
  readonly runs: number;
  /** Reasons by what they are about: `worker`, `display` or a job. */
  readonly problems: ReadonlyMap<string, string>;
  /** The checks of the first worker were ordered. */
  readonly checksOrdered: boolean;
}

export type WorkerState =
  /** A process that has not said yet what it can do. */
  | { readonly kind: 'starting'; readonly watch: WorkerWatch; readonly lookAtMs: number }
  | { readonly kind: 'ready'; readonly watch: WorkerWatch; readonly lookAtMs: number; readonly screenSeen: boolean }
  /** It was killed, and its end is not reported yet. */
  | { readonly kind: 'killed'; readonly reason: string }
  /** The next one starts at this time. */
  | { readonly kind: 'gone'; readonly againAtMs: number }
  | { readonly kind: 'closed' };

export interface WantedJob {
  readonly history: RestartHistory;
  readonly state: JobState;
}

export type JobState =
  /** Until there is a worker. */
  | { readonly kind: 'waiting' }
  /** The shell has the order to describe it and to send it. */
  | { readonly kind: 'ordered'; readonly run: number }
  /** The worker has the order to run it; `text` is what it runs. */
  | { readonly kind: 'sent'; readonly run: number; readonly text: string }
  | { readonly kind: 'failed'; readonly againAtMs: number };

export const NEW_JOB: WantedJob = { history: NEVER_FAILED, state: { kind: 'waiting' } };

/** Before the first worker: the next tick starts it. */
export function openSupervision(nowMs: number): Supervision {
  return {
    worker: { kind: 'gone', againAtMs: nowMs },
    history: NEVER_FAILED,
    jobs: new Map(),
    runs: 0,
    problems: new Map(),
    checksOrdered: false,
  };
}

export function statusOf({ worker, problems }: Supervision): CaptureStatus {
  if (worker.kind === 'closed') return { kind: 'closed' };
  if (problems.size > 0) return { kind: 'degraded', problems: [...problems].map(([about, reason]) => ({ about, reason })) };
  return { kind: worker.kind === 'ready' && worker.screenSeen ? 'healthy' : 'starting' };
}

/** When the next tick is due; undefined when nothing waits for time. */
export function nextTickMs({ worker, jobs }: Supervision): number | undefined {
  if (worker.kind === 'closed') return undefined;
  const times = [...jobs.values()].flatMap(({ state }) => (state.kind === 'failed' ? [state.againAtMs] : []));
  const own = workerTickMs(worker);
  if (own !== undefined) times.push(own);
  return times.length === 0 ? undefined : Math.min(...times);
}

function workerTickMs(worker: WorkerState): number | undefined {
  switch (worker.kind) {
    case 'starting':
    case 'ready':
      return worker.lookAtMs;
    case 'gone':
      return worker.againAtMs;
    case 'killed':
    case 'closed':
      return undefined;
    default:
      return assertNever(worker);
  }
}
