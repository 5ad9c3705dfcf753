import type { WorkerCommand } from '../messages.js';
import { ended, started } from './restart-policy.js';
import { NEW_JOB } from './supervision.js';
import type { SupervisorDraft, SupervisorEvent } from './supervisor-step.js';

type Outcome<Kind extends SupervisorEvent['kind']> = Extract<SupervisorEvent, { kind: Kind }>;

export function wanted(draft: SupervisorDraft, id: string) {
  draft.update({ jobs: new Map(draft.state.jobs).set(id, NEW_JOB) });
  order(draft, id);
}

export function unwanted(draft: SupervisorDraft, id: string) {
  const jobs = new Map(draft.state.jobs);
  if (!jobs.delete(id)) return;
  draft.update({ jobs });
  draft.tell({ kind: 'stop', id });
  draft.effect({ kind: 'cut', id });
  draft.solved(id);
}

/** Passes something on to a job that the worker runs. */
export function jobEvent(draft: SupervisorDraft, id: string, command: WorkerCommand) {
  if (draft.state.jobs.get(id)?.state.kind === 'sent') draft.tell(command);
}

export function orderAll(draft: SupervisorDraft) {
  for (const id of draft.state.jobs.keys()) order(draft, id);
}

/** Orders the jobs whose wait after a failure is over. */
export function retryDue(draft: SupervisorDraft) {
  for (const [id, { state }] of draft.state.jobs) {
    if (state.kind === 'failed' && draft.nowMs >= state.againAtMs) order(draft, id);
  }
}

function order(draft: SupervisorDraft, id: string) {
  const job = draft.state.jobs.get(id);
  if (job === undefined) return;
  if (draft.state.worker.kind !== 'ready') return draft.jobState(id, { kind: 'waiting' });
  const run = draft.state.runs + 1;
  draft.update({ runs: run });
  draft.job(id, { history: started(job.history, draft.nowMs), state: { kind: 'ordered', run } });
  draft.effect({ kind: 'order', id, run });
}

export function sent(draft: SupervisorDraft, { id, run, text }: Outcome<'sent'>) {
  if (isRun(draft, id, run)) draft.jobState(id, { kind: 'sent', run, text });
}

export function notSent(draft: SupervisorDraft, { id, run, reason, lasting }: Outcome<'not-sent'>) {
  if (!isRun(draft, id, run)) return;
  if (!lasting) return jobEnded(draft, id, run, reason);
  draft.jobState(id, { kind: 'waiting' });
  draft.problem(id, reason);
}

/** A job that runs another text by now starts anew, at once. */
export function described(draft: SupervisorDraft, id: string, text: string) {
  const state = draft.state.jobs.get(id)?.state;
  if (state?.kind === 'sent' && state.text !== text) order(draft, id);
}

export function jobStarted(draft: SupervisorDraft, id: string, run: number) {
  if (!isRun(draft, id, run)) return;
  draft.log('debug', { stream: id }, 'stream started');
  draft.solved(id);
  draft.effect({ kind: 'job-started', id });
}

/** A job that is wanted runs, whatever it ended by. */
export function jobEnded(draft: SupervisorDraft, id: string, run: number, reason: string) {
  const job = draft.state.jobs.get(id);
  if (job === undefined || !isRun(draft, id, run)) return;
  const { history, delayMs } = ended(job.history, draft.nowMs);
  draft.job(id, { history, state: { kind: 'failed', againAtMs: draft.nowMs + delayMs } });
  draft.effect({ kind: 'cut', id });
  draft.effect({ kind: 'job-failed', id, reason });
  const problem = `stream ${id}: ${reason}`;
  // The same failure of every further try is no news.
  if (draft.state.problems.get(id) === problem)
    draft.log('debug', { stream: id, reason, restartInMs: delayMs }, 'stream failed again');
  else draft.log('warn', { stream: id, reason, restartInMs: delayMs }, 'stream failed');
  draft.problem(id, problem);
}

/** Whether a report or outcome is about the latest run of a job, not about one that is over. */
function isRun(draft: SupervisorDraft, id: string, run: number): boolean {
  const state = draft.state.jobs.get(id)?.state;
  return (state?.kind === 'ordered' || state?.kind === 'sent') && state.run === run;
}
