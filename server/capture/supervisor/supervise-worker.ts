import { assertNever } from '../../lib/assert-never.js';
import { untilNextBeatMs } from '../../lib/beat.js';
import type { WorkerReport } from '../messages.js';
import { ended, started } from './restart-policy.js';
import { jobEnded, jobStarted } from './supervise-jobs.js';
import type { SupervisorDraft } from './supervisor-step.js';
import { answered, NOT_ASKED, type ThreadSample, WATCH_TICK_MS, watchTick } from './worker-watch.js';

export function startWorker(draft: SupervisorDraft) {
  draft.update({ history: started(draft.state.history, draft.nowMs) });
  draft.worker({ kind: 'starting', watch: NOT_ASKED, lookAtMs: atNextBeat(draft) });
  draft.effect({ kind: 'start-worker' });
}

function atNextBeat({ nowMs }: SupervisorDraft): number {
  return nowMs + untilNextBeatMs(nowMs);
}

/** Asks for a sign of life, or judges the silence. */
export function watchWorker(draft: SupervisorDraft, sample: ThreadSample | undefined) {
  const { worker } = draft.state;
  if ((worker.kind !== 'starting' && worker.kind !== 'ready') || draft.nowMs < worker.lookAtMs) return;
  const [watch, verdict] = watchTick(worker.watch, sample);
  draft.worker({ ...worker, watch, lookAtMs: draft.nowMs + WATCH_TICK_MS });
  if (verdict.kind === 'ask') draft.tell({ kind: 'ping' });
  if (verdict.kind === 'hung') kill(draft, verdict.reason);
}

function kill(draft: SupervisorDraft, reason: string) {
  draft.worker({ kind: 'killed', reason: `it hung and was killed: ${reason}` });
  draft.effect({ kind: 'kill-worker' });
}

export function workerEnded(draft: SupervisorDraft, reported: string) {
  const { worker, jobs } = draft.state;
  const reason = worker.kind === 'killed' ? worker.reason : reported;
  const { history, delayMs } = ended(draft.state.history, draft.nowMs);
  draft.update({ history, worker: { kind: 'gone', againAtMs: draft.nowMs + delayMs } });
  for (const id of jobs.keys()) {
    draft.jobState(id, { kind: 'waiting' });
    draft.effect({ kind: 'cut', id });
  }
  draft.log('warn', { reason, restartInMs: delayMs }, 'the GStreamer worker ended');
  // What it said itself before it went is the better explanation.
  if (!draft.state.problems.has('worker')) draft.problem('worker', `the GStreamer worker ended: ${reason}`);
}

export function reported(draft: SupervisorDraft, report: WorkerReport) {
  const { worker } = draft.state;
  if (worker.kind !== 'starting' && worker.kind !== 'ready') return;
  switch (report.kind) {
    case 'ready':
      draft.worker({ kind: 'ready', watch: worker.watch, lookAtMs: worker.lookAtMs, screenSeen: false });
      draft.log('info', { gstreamer: report.gstreamer }, 'the GStreamer worker is ready');
      return draft.solved('worker');
    case 'screen':
      if (worker.kind === 'ready') draft.worker({ ...worker, screenSeen: true });
      draft.solved('display');
      return draft.effect({ kind: 'screen', width: report.width, height: report.height });
    case 'display-lost':
      draft.log('warn', { reason: report.reason }, 'the screen cannot be captured');
      return draft.problem('display', report.reason);
    case 'started':
      return jobStarted(draft, report.id, report.run);
    case 'ended':
      return jobEnded(draft, report.id, report.run, 'the pipeline came to its end');
    case 'failed':
      return jobEnded(draft, report.id, report.run, report.reason);
    case 'checked':
      return draft.effect({ kind: 'checked', id: report.id, reason: report.reason });
    case 'unusable':
      draft.log('error', { reason: report.reason }, 'nothing can be captured');
      draft.problem('worker', report.reason);
      return draft.effect({ kind: 'unusable', reason: report.reason });
    case 'alive':
      return draft.worker({ ...worker, watch: answered(worker.watch), lookAtMs: atNextBeat(draft) });
    case 'hung':
      return kill(draft, report.reason);
    default:
      return assertNever(report);
  }
}
