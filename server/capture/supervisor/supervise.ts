import { assertNever } from '../../lib/assert-never.js';
import { described, jobEvent, notSent, orderAll, retryDue, sent, unwanted, wanted } from './supervise-jobs.js';
import { reported, startWorker, watchWorker, workerEnded } from './supervise-worker.js';
import type { Supervision } from './supervision.js';
import { SupervisorDraft, type SupervisorEvent, type SupervisorStep } from './supervisor-step.js';

/** What an event does to the supervision (capture/SPEC.md). Pure: the caller carries out the effects, in order. */
export function supervise(state: Supervision, event: SupervisorEvent, nowMs: number): SupervisorStep {
  const draft = new SupervisorDraft(state, nowMs);
  if (state.worker.kind !== 'closed') work(draft, event);
  return draft.done();
}

function work(draft: SupervisorDraft, event: SupervisorEvent) {
  switch (event.kind) {
    case 'tick': {
      const { worker } = draft.state;
      if (worker.kind === 'gone' && draft.nowMs >= worker.againAtMs) startWorker(draft);
      watchWorker(draft, event.sample);
      return retryDue(draft);
    }
    case 'wanted':
      return wanted(draft, event.id);
    case 'unwanted':
      return unwanted(draft, event.id);
    case 'keyframe-wanted':
      return jobEvent(draft, event.id, { kind: 'keyframe', id: event.id });
    case 'picture-wanted':
      return jobEvent(draft, event.id, { kind: 'picture', id: event.id });
    case 'settings-wanted':
      return jobEvent(draft, event.id, { kind: 'set', id: event.id, settings: [...event.settings] });
    case 'user-input':
      if (draft.state.jobs.size > 0) draft.tell({ kind: 'input' });
      return;
    case 'sent':
      return sent(draft, event);
    case 'not-sent':
      return notSent(draft, event);
    case 'described':
      return described(draft, event.id, event.text);
    case 'reported': {
      const becameReady = event.report.kind === 'ready' && draft.state.worker.kind === 'starting';
      reported(draft, event.report);
      if (becameReady) orderAll(draft);
      if (becameReady && !draft.state.checksOrdered) {
        draft.update({ checksOrdered: true });
        draft.effect({ kind: 'check-all' });
      }
      return;
    }
    case 'worker-ended':
      return workerEnded(draft, event.reason);
    case 'closed':
      return draft.worker({ kind: 'closed' });
    default:
      return assertNever(event);
  }
}
