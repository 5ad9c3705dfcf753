import { assertNever } from '../lib/assert-never.js';
import { untilNextBeatMs } from '../lib/beat.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import type { Result } from '../lib/result.js';
import type { CaptureStatus } from './capture-status.js';
import type { HasElement } from './default-encoders.js';
import { HostProcess } from './host-process.js';
import type { HostReport, StartCommand } from './messages.js';
import { ended, NEVER_FAILED, type RestartHistory, started } from './restart-policy.js';
import type { StreamEngine } from './shared-stream.js';
import type { StreamDescription } from './stream-description.js';
import { sampleMainThread } from './thread-sample.js';
import { answered, NOT_ASKED, WATCH_TICK_MS, type WorkerWatch, watchTick } from './worker-watch.js';

export interface SupervisorOptions {
  readonly display: string;
  readonly hostEntry: string | undefined;
  /** Elements whose existence decides between descriptions. */
  readonly elements: readonly string[];
  readonly streamIds: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
  /** The current description of a stream. */
  describe(streamId: string, has: HasElement): Result<StreamDescription>;
  screen(width: number, height: number): void;
  /** Whether a stream can be built, told once per check; `reason` says why not. */
  checked(streamId: string, reason: string | undefined): void;
  /** A stream failed; its next start is described anew. */
  failed(streamId: string, reason: string): void;
  /** The present host found that nothing can be captured. */
  unusable(reason: string): void;
  startOrdered(streamId: string): void;
  data(streamId: string, data: Buffer): void;
  hostReplaced(): void;
  status(status: CaptureStatus): void;
}

interface ReadyHost {
  readonly baseNs: bigint;
  readonly has: HasElement;
}

interface WantedStream {
  history: RestartHistory;
  /** What the host was last told to run; undefined while it runs nothing. */
  text: string | undefined;
  retry: Dispose | undefined;
}

/**
 * Keeps one capture host running and in it the streams that have listeners. The host starts with the server, so that a stream
 * starts without waiting for a process. Named outcomes: could not be started, ended by itself, closed by us; the first two
 * lead to another start after the wait that `restart-policy.ts` gives.
 */
export class CaptureSupervisor implements StreamEngine {
  readonly #options: SupervisorOptions;
  readonly #wanted = new Map<string, WantedStream>();
  /** Reasons by what they are about: `host`, `display` or a stream. */
  readonly #problems = new Map<string, string>();
  #host: HostProcess | undefined;
  #ready: ReadyHost | undefined;
  #screenSeen = false;
  #history: RestartHistory = NEVER_FAILED;
  #respawn: Dispose | undefined;
  #watch: WorkerWatch = NOT_ASKED;
  #nextWatch: Dispose | undefined;
  #closed = false;
  #checksOrdered = false;
  #status: CaptureStatus = { kind: 'starting' };

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#spawn();
  }

  get status(): CaptureStatus {
    return this.#status;
  }

  get hostPid(): number | undefined {
    return this.#host?.pid;
  }

  /** Running time 0 of the present host on the monotonic clock. */
  get baseNs(): bigint | undefined {
    return this.#ready?.baseNs;
  }

  start(id: string): void {
    this.#wanted.set(id, { history: NEVER_FAILED, text: undefined, retry: undefined });
    this.#order(id);
  }

  stop(id: string): void {
    this.#wanted.get(id)?.retry?.();
    this.#wanted.delete(id);
    this.#host?.send({ kind: 'stop', id });
    this.#solved(id);
  }

  keyframe(id: string): void {
    this.#host?.send({ kind: 'keyframe', id });
  }

  input(): void {
    if (this.#wanted.size > 0) this.#host?.send({ kind: 'input' });
  }

  /** Something that descriptions depend on has changed: streams whose text is another now start anew. */
  refresh(): void {
    for (const [id, stream] of this.#wanted) {
      const described = this.#describe(id);
      if (stream.text !== undefined && described !== undefined && described.text !== stream.text) this.#order(id);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#respawn?.();
    this.#nextWatch?.();
    for (const { retry } of this.#wanted.values()) retry?.();
    this.#setStatus({ kind: 'closed' });
    await this.#host?.close();
  }

  #spawn(): void {
    if (this.#closed) return;
    const { display, hostEntry, elements, streamIds, log, clock } = this.#options;
    this.#history = started(this.#history, clock.nowMs());
    this.#options.hostReplaced();
    this.#host = new HostProcess(
      { display, entry: hostEntry, elements, streamIds, log },
      {
        report: (report) => this.#heard(report),
        data: (id, data) => this.#options.data(id, data),
        ended: (reason) => this.#hostEnded(reason),
      },
    );
    this.#watch = NOT_ASKED;
    this.#watchAtBeat();
  }

  #watchAtBeat(): void {
    this.#watchAfter(untilNextBeatMs(this.#options.clock.nowMs()));
  }

  #watchAfter(delayMs: number): void {
    this.#nextWatch?.();
    this.#nextWatch = this.#options.clock.after(delayMs, () => {
      const pid = this.#host?.pid;
      const [watch, verdict] = watchTick(this.#watch, pid === undefined ? undefined : sampleMainThread(pid));
      this.#watch = watch;
      if (verdict.kind === 'ask') this.#host?.send({ kind: 'ping' });
      if (verdict.kind === 'hung') this.#host?.kill(`it hung and was killed: ${verdict.reason}`);
      else this.#watchAfter(WATCH_TICK_MS);
    });
  }

  #hostEnded(reason: string): void {
    const { clock, log } = this.#options;
    const { history, delayMs } = ended(this.#history, clock.nowMs());
    this.#history = history;
    this.#nextWatch?.();
    this.#ready = undefined;
    this.#screenSeen = false;
    for (const stream of this.#wanted.values()) {
      stream.retry?.();
      stream.text = undefined;
    }
    log.warn({ reason, restartInMs: delayMs }, 'the capture host ended');
    // What it said itself before it went is the better explanation.
    if (!this.#problems.has('host')) this.#problem('host', `the capture host ended: ${reason}`);
    this.#respawn = clock.after(delayMs, () => this.#spawn());
  }

  #heard(report: HostReport): void {
    const { log } = this.#options;
    switch (report.kind) {
      case 'ready':
        this.#ready = { baseNs: BigInt(report.baseNs), has: (element) => report.elements.includes(element) };
        log.info({ pid: this.#host?.pid, gstreamer: report.gstreamer }, 'the capture host is ready');
        this.#solved('host');
        for (const id of this.#wanted.keys()) this.#order(id);
        this.#orderChecks();
        return;
      case 'screen':
        this.#screenSeen = true;
        this.#solved('display');
        this.#options.screen(report.width, report.height);
        return;
      case 'display-lost':
        log.warn({ reason: report.reason }, 'the screen cannot be captured');
        this.#problem('display', report.reason);
        return;
      case 'started':
        log.debug({ stream: report.id }, 'stream started');
        this.#solved(report.id);
        return;
      case 'checked':
        this.#options.checked(report.id, report.reason);
        return;
      case 'failed':
        this.#streamFailed(report.id, report.reason);
        return;
      case 'unusable':
        log.error({ reason: report.reason }, 'nothing can be captured');
        this.#problem('host', report.reason);
        this.#options.unusable(report.reason);
        return;
      case 'alive':
        this.#watch = answered(this.#watch);
        this.#watchAtBeat();
        return;
      case 'hung':
        this.#host?.kill(`it hung and was killed: ${report.reason}`);
        return;
      default:
        assertNever(report);
    }
  }

  /** The streams of the first host are checked, those that are offered first. */
  #orderChecks(): void {
    if (this.#checksOrdered) return;
    this.#checksOrdered = true;
    for (const id of this.#options.streamIds) this.check(id);
  }

  /** Has the host find out whether a stream can be built as it is described now. */
  check(id: string): void {
    const description = this.#describe(id);
    if (description !== undefined) this.#host?.send({ kind: 'check', id, text: description.text });
  }

  #streamFailed(id: string, reason: string): void {
    const stream = this.#wanted.get(id);
    if (stream === undefined) return;
    const { history, delayMs } = ended(stream.history, this.#options.clock.nowMs());
    stream.history = history;
    stream.text = undefined;
    this.#options.failed(id, reason);
    const problem = `stream ${id}: ${reason}`;
    const { log } = this.#options;
    // The same failure of every further try is no news.
    if (this.#problems.get(id) === problem) log.debug({ stream: id, reason, restartInMs: delayMs }, 'stream failed again');
    else log.warn({ stream: id, reason, restartInMs: delayMs }, 'stream failed');
    this.#problem(id, problem);
    stream.retry?.();
    stream.retry = this.#options.clock.after(delayMs, () => this.#order(id));
  }

  #order(id: string): void {
    const stream = this.#wanted.get(id);
    const description = this.#describe(id);
    if (stream === undefined || description === undefined || this.#host === undefined) return;
    stream.history = started(stream.history, this.#options.clock.nowMs());
    stream.text = description.text;
    this.#options.startOrdered(id);
    this.#host.send(startCommand(description, this.#host.fdOf(id)));
  }

  #describe(id: string): StreamDescription | undefined {
    if (this.#ready === undefined) return undefined;
    const described = this.#options.describe(id, this.#ready.has);
    if (described.ok) return described.value;
    this.#problem(id, described.error);
    return undefined;
  }

  #problem(about: string, reason: string): void {
    this.#problems.set(about, reason);
    this.#judge();
  }

  #solved(about: string): void {
    this.#problems.delete(about);
    this.#judge();
  }

  #judge(): void {
    if (this.#closed) return;
    if (this.#problems.size > 0)
      this.#setStatus({ kind: 'degraded', problems: [...this.#problems].map(([about, reason]) => ({ about, reason })) });
    else this.#setStatus({ kind: this.#ready !== undefined && this.#screenSeen ? 'healthy' : 'starting' });
  }

  #setStatus(status: CaptureStatus): void {
    const changed = JSON.stringify(status) !== JSON.stringify(this.#status);
    this.#status = status;
    if (changed) this.#options.status(status);
  }
}

function startCommand(description: StreamDescription, fd: number): StartCommand {
  const { kind, hidden: _hidden, codec: _codec, notice: _notice, problem: _problem, ...rest } = description;
  return { kind: 'start', fd, kindOfMedia: kind, ...rest };
}
