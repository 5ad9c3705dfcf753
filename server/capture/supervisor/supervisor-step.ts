import type { Setting } from '../job.js';
import type { WorkerCommand, WorkerReport } from '../messages.js';
import type { JobState, Supervision, WantedJob, WorkerState } from './supervision.js';
import type { ThreadSample } from './worker-watch.js';

/** What happens to the supervisor. */
export type SupervisorEvent =
  /** Time has passed; `sample` is what the system says of the worker's main thread, undefined where it does not. */
  | { readonly kind: 'tick'; readonly sample: ThreadSample | undefined }
  | { readonly kind: 'wanted'; readonly id: string }
  | { readonly kind: 'unwanted'; readonly id: string }
  | { readonly kind: 'keyframe-wanted'; readonly id: string }
  | { readonly kind: 'picture-wanted'; readonly id: string }
  | { readonly kind: 'settings-wanted'; readonly id: string; readonly settings: readonly Setting[] }
  | { readonly kind: 'user-input' }
  /** An ordered job was sent to the worker. */
  | { readonly kind: 'sent'; readonly id: string; readonly run: number; readonly text: string }
  /** An ordered job could not be sent; `lasting` when another try would end the same way. */
  | { readonly kind: 'not-sent'; readonly id: string; readonly run: number; readonly reason: string; readonly lasting: boolean }
  /** How a job reads now: what its text depends on has changed. */
  | { readonly kind: 'described'; readonly id: string; readonly text: string }
  | { readonly kind: 'reported'; readonly report: WorkerReport }
  | { readonly kind: 'worker-ended'; readonly reason: string }
  | { readonly kind: 'closed' };

/** What the shell is to do, in order. */
export type SupervisorEffect =
  | { readonly kind: 'start-worker' }
  | { readonly kind: 'kill-worker' }
  | { readonly kind: 'tell'; readonly command: WorkerCommand }
  /** Describes a job, opens its pipes and sends it, and says what came of it. */
  | { readonly kind: 'order'; readonly id: string; readonly run: number }
  /** Closes the pipes of a job. */
  | { readonly kind: 'cut'; readonly id: string }
  | { readonly kind: 'check-all' }
  | { readonly kind: 'screen'; readonly width: number; readonly height: number }
  | { readonly kind: 'checked'; readonly id: string; readonly reason: string | undefined }
  | { readonly kind: 'job-started'; readonly id: string }
  | { readonly kind: 'job-failed'; readonly id: string; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly fields: object; readonly text: string };

export interface SupervisorStep {
  readonly state: Supervision;
  readonly effects: readonly SupervisorEffect[];
}

/** The supervision while one event is worked on. It lives for one step, so writing to it changes no state that others hold. */
export class SupervisorDraft {
  readonly effects: SupervisorEffect[] = [];

  constructor(
    public state: Supervision,
    readonly nowMs: number,
  ) {}

  update(change: Partial<Supervision>): void {
    this.state = { ...this.state, ...change };
  }

  worker(worker: WorkerState): void {
    this.update({ worker });
  }

  job(id: string, change: Partial<WantedJob>): void {
    const job = this.state.jobs.get(id);
    if (job !== undefined) this.update({ jobs: new Map(this.state.jobs).set(id, { ...job, ...change }) });
  }

  jobState(id: string, state: JobState): void {
    this.job(id, { state });
  }

  problem(about: string, reason: string): void {
    this.update({ problems: new Map(this.state.problems).set(about, reason) });
  }

  solved(about: string): void {
    if (!this.state.problems.has(about)) return;
    const problems = new Map(this.state.problems);
    problems.delete(about);
    this.update({ problems });
  }

  effect(effect: SupervisorEffect): void {
    this.effects.push(effect);
  }

  /** Sends the command to a worker that can read it. */
  tell(command: WorkerCommand): void {
    const { kind } = this.state.worker;
    if (kind === 'ready' || kind === 'starting') this.effect({ kind: 'tell', command });
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', fields: object, text: string): void {
    this.effect({ kind: 'log', level, fields, text });
  }

  done(): SupervisorStep {
    return { state: this.state, effects: this.effects };
  }
}
