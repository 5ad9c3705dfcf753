import { assertNever } from '../../lib/assert-never.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import type { Result } from '../../lib/result.js';
import type { CaptureStatus } from '../capture-status.js';
import type { HasElement } from '../encoders/default-encoders.js';
import type { Job, Setting } from '../job.js';
import type { StreamEngine } from '../streams/shared-stream.js';
import { JobPipes } from './job-pipes.js';
import { supervise } from './supervise.js';
import { nextTickMs, openSupervision, type Supervision, statusOf } from './supervision.js';
import type { SupervisorEffect, SupervisorEvent } from './supervisor-step.js';
import { sampleMainThread } from './thread-sample.js';
import { WorkerProcess } from './worker-process.js';

export interface SupervisorOptions {
  readonly display: string;
  readonly workerEntry: string | undefined;
  /** Elements whose existence decides between descriptions. */
  readonly elements: readonly string[];
  /** The jobs that are checked at the start, those that are offered first. */
  readonly checkedIds: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
  /** How a job reads now. */
  describe(id: string, has: HasElement): Result<Job>;
  screen(width: number, height: number): void;
  /** Whether a job can be built, reported once per check; `reason` says why not. */
  checked(id: string, reason: string | undefined): void;
  /** The present worker found that nothing can be captured. */
  unusable(reason: string): void;
  owner(id: string): JobOwner;
  status(status: CaptureStatus): void;
}

/** The receiver of what happens to a job. */
export interface JobOwner {
  /** The pipes of a run are open; nothing of an earlier one comes any more. */
  startOrdered(): void;
  started(): void;
  /** It failed; its next start is described anew. */
  failed(reason: string): void;
  /** Bytes of an output. */
  read(data: Buffer, element: string): void;
}

interface Worker {
  readonly process: WorkerProcess;
  readonly baseNs: bigint | undefined;
  readonly has: HasElement;
}

/**
 * Keeps one GStreamer worker running and in it the jobs that are wanted. The worker starts with the server, so that a job starts
 * without waiting for a process. What is to be done is decided by `supervise`; this carries it out.
 */
export class WorkerSupervisor implements StreamEngine {
  readonly #options: SupervisorOptions;
  readonly #pipes = new JobPipes();
  #state: Supervision;
  #worker: Worker | undefined;
  #cancelTick: Dispose = () => undefined;
  #tickAtMs: number | undefined;
  #status: CaptureStatus = { kind: 'starting' };

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#state = openSupervision(options.clock.nowMs());
    this.#tick();
  }

  get status(): CaptureStatus {
    return this.#status;
  }

  get workerPid(): number | undefined {
    return this.#worker?.process.pid;
  }

  /** Running time 0 of the present worker on the monotonic clock. */
  get baseNs(): bigint | undefined {
    return this.#worker?.baseNs;
  }

  start(id: string): void {
    this.#step({ kind: 'wanted', id });
  }

  stop(id: string): void {
    this.#step({ kind: 'unwanted', id });
  }

  keyframe(id: string): void {
    this.#step({ kind: 'keyframe-wanted', id });
  }

  /** One picture of the screen for a job that gets them on request. */
  picture(id: string): void {
    this.#step({ kind: 'picture-wanted', id });
  }

  /** Properties of a running job's elements, in place of those set before; its next run has those of its description. */
  set(id: string, settings: readonly Setting[]): void {
    this.#step({ kind: 'settings-wanted', id, settings });
  }

  input(): void {
    this.#step({ kind: 'user-input' });
  }

  /** Something that descriptions depend on has changed: jobs whose text is another now start anew. */
  refresh(): void {
    for (const id of this.#state.jobs.keys()) {
      const job = this.#describe(id);
      if (job?.ok) this.#step({ kind: 'described', id, text: job.value.text });
    }
  }

  /** Has the worker find out whether a job can be built as it is described now. */
  check(id: string): void {
    const job = this.#describe(id);
    if (job?.ok) this.#worker?.process.send({ kind: 'check', id, job: job.value });
  }

  async close(): Promise<void> {
    this.#step({ kind: 'closed' });
    this.#pipes.closeAll();
    await this.#worker?.process.close();
  }

  #tick(): void {
    const pid = this.workerPid;
    this.#step({ kind: 'tick', sample: pid === undefined ? undefined : sampleMainThread(pid) });
  }

  #step(event: SupervisorEvent): void {
    const { state, effects } = supervise(this.#state, event, this.#options.clock.nowMs());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#tickLater();
    const status = statusOf(this.#state);
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#options.status(status);
  }

  #tickLater(): void {
    const atMs = nextTickMs(this.#state);
    if (atMs === this.#tickAtMs) return;
    this.#cancelTick();
    this.#tickAtMs = atMs;
    if (atMs === undefined) return;
    const { clock } = this.#options;
    this.#cancelTick = clock.after(Math.max(0, Math.ceil(atMs - clock.nowMs())), () => {
      this.#tickAtMs = undefined;
      this.#tick();
    });
  }

  #carryOut(effect: SupervisorEffect) {
    const { log } = this.#options;
    switch (effect.kind) {
      case 'start-worker':
        return this.#startWorker();
      case 'kill-worker':
        return this.#worker?.process.kill();
      case 'tell':
        return this.#worker?.process.send(effect.command);
      case 'order':
        return this.#order(effect);
      case 'cut':
        return this.#pipes.close(effect.id);
      case 'check-all':
        for (const id of this.#options.checkedIds) this.check(id);
        return;
      case 'screen':
        return this.#options.screen(effect.width, effect.height);
      case 'checked':
        return this.#options.checked(effect.id, effect.reason);
      case 'job-started':
        return this.#options.owner(effect.id).started();
      case 'job-failed':
        return this.#options.owner(effect.id).failed(effect.reason);
      case 'unusable':
        return this.#options.unusable(effect.reason);
      case 'log':
        return log[effect.level](effect.fields, effect.text);
      default:
        return assertNever(effect);
    }
  }

  #startWorker(): void {
    const { display, workerEntry, elements, log } = this.#options;
    const started = new WorkerProcess(
      { display, entry: workerEntry, elements, log },
      {
        report: (report) => {
          if (report.kind === 'ready' && this.#worker?.process === started) {
            const has = (element: string) => report.elements.includes(element);
            this.#worker = { process: started, baseNs: BigInt(report.baseNs), has };
          }
          this.#step({ kind: 'reported', report });
        },
        ended: (reason) => {
          this.#worker = undefined;
          this.#step({ kind: 'worker-ended', reason });
        },
      },
    );
    this.#worker = { process: started, baseNs: undefined, has: () => false };
  }

  #order({ id, run }: Extract<SupervisorEffect, { kind: 'order' }>) {
    const job = this.#describe(id);
    const worker = this.#worker;
    if (job === undefined || worker === undefined) return;
    if (!job.ok) return this.#step({ kind: 'not-sent', id, run, reason: job.error, lasting: true });
    const owner = this.#options.owner(id);
    const pipes = this.#pipes.open(id, job.value, worker.process, (element, data) => owner.read(data, element));
    if (!pipes.ok) return this.#step({ kind: 'not-sent', id, run, reason: pipes.error, lasting: false });
    owner.startOrdered();
    worker.process.send({ kind: 'run', id, run, job: job.value, pipes: pipes.value });
    this.#step({ kind: 'sent', id, run, text: job.value.text });
  }

  /** Undefined while no worker says what it has. */
  #describe(id: string): Result<Job> | undefined {
    if (this.#worker?.baseNs === undefined) return undefined;
    return this.#options.describe(id, this.#worker.has);
  }
}
