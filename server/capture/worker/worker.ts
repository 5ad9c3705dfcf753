import type { Socket } from 'node:net';
import { assertNever } from '../../lib/assert-never.js';
import type { Clock } from '../../lib/clock.js';
import type { GStreamer } from '../../native/gstreamer.js';
import type { Setting } from '../job.js';
import type { RunCommand, WorkerCommand, WorkerReport } from '../messages.js';
import { checkJob } from './job-pipeline.js';
import type { ScreenImage } from './pictures/screen-grabber.js';
import { Screens } from './pictures/screens.js';
import { picturesOf, RunningJob } from './running-job.js';
import { STALL_CHECK_MS } from './stall-watch.js';

export interface WorkerOptions {
  readonly gst: GStreamer;
  readonly display: string;
  readonly baseNs: bigint;
  readonly clock: Clock;
  report(message: WorkerReport): void;
}

/** A job that the supervisor wants, whether it runs or waits for a screen. */
interface WantedJob {
  command: RunCommand;
  readonly pipes: ReadonlyMap<string, Socket>;
  running: RunningJob | undefined;
}

/** Runs the jobs that the supervisor wants. Closing cascades: screen -> jobs that take its picture -> their pipelines. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #screens: Screens;
  readonly #wanted = new Map<string, WantedJob>();
  /** Pipes that came and that no job has taken yet. */
  readonly #pipes = new Map<number, Socket>();
  /** Jobs on their way down that may still read the picture. */
  readonly #closing = new Set<Promise<void>>();
  #cpu = process.cpuUsage();
  /** Runs while a job does. */
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { display: mainDisplay, clock, report } = options;
    this.#screens = new Screens(mainDisplay, clock, {
      opened: (display, image) => this.#screenOpened(display, image),
      lost: (display, reason) => {
        if (display === mainDisplay) report({ kind: 'display-lost', reason });
      },
    });
  }

  /** Connects to the screen; jobs with a source of their own do not wait for it. */
  open(): void {
    this.#screens.of(this.#options.display);
  }

  /** `pipe` comes with the command that announces it. */
  obey(command: WorkerCommand, pipe: Socket | undefined): void {
    switch (command.kind) {
      case 'pipe':
        if (pipe !== undefined) this.#keepPipe(command.pipe, pipe);
        return;
      case 'run':
        this.#run(command);
        return;
      case 'stop':
        this.#forget(command.id);
        return;
      case 'check':
        this.#options.report({ kind: 'checked', id: command.id, reason: checkJob(this.#options.gst, command.job) });
        return;
      case 'keyframe':
        this.#wanted.get(command.id)?.running?.requestKeyframe();
        return;
      case 'picture':
        this.#wanted.get(command.id)?.running?.requestPicture();
        return;
      case 'set':
        this.#set(command.id, command.settings);
        return;
      case 'ping':
        this.#options.report({ kind: 'alive' });
        return;
      case 'input':
        for (const { running } of this.#wanted.values()) running?.noteInput();
        return;
      default:
        assertNever(command);
    }
  }

  #keepPipe(number: number, pipe: Socket): void {
    this.#pipes.set(number, pipe);
    // Only the server breaks the pipe off, and it says so by a command or by its own end.
    pipe.on('error', () => undefined);
    pipe.once('close', () => this.#pipes.delete(number));
  }

  #run(command: RunCommand): void {
    this.#forget(command.id);
    const pipes = new Map<string, Socket>();
    for (const [element, number] of Object.entries(command.pipes)) {
      const pipe = this.#pipes.get(number);
      this.#pipes.delete(number);
      if (pipe !== undefined) pipes.set(element, pipe);
    }
    const wanted: WantedJob = { command, pipes, running: undefined };
    this.#wanted.set(command.id, wanted);
    this.#start(wanted);
  }

  #start(wanted: WantedJob): void {
    const { command, pipes } = wanted;
    const screen = this.#screens.of(this.#displayOf(command));
    const { image } = screen;
    // A job that takes the picture starts as soon as there is one.
    if (picturesOf(command) !== undefined && image === undefined) return;
    const { gst, clock, baseNs, report } = this.#options;
    const { id, run } = command;
    const pipe = (element: string) => {
      const found = pipes.get(element);
      if (found === undefined) throw new Error(`no pipe came for "${element}"`);
      return found;
    };
    const ended = (message: WorkerReport) => {
      this.#forget(id);
      report(message);
    };
    const started = RunningJob.start(
      command,
      image,
      { gst, clock, baseNs, pipe, screen },
      {
        started: () => report({ kind: 'started', id, run }),
        ended: () => ended({ kind: 'ended', id, run }),
        failed: (reason) => ended({ kind: 'failed', id, run, reason }),
        hung: (reason) => report({ kind: 'hung', reason }),
      },
    );
    if (!started.ok) {
      ended({ kind: 'failed', id, run, reason: started.error });
      return;
    }
    wanted.running = started.value;
    this.#watchProgress();
  }

  /** What was set last holds for as long as the job is wanted. */
  #set(id: string, settings: Setting[]): void {
    const wanted = this.#wanted.get(id);
    if (wanted === undefined) return;
    wanted.command = { ...wanted.command, job: { ...wanted.command.job, settings } };
    wanted.running?.set(settings);
  }

  #forget(id: string): void {
    const wanted = this.#wanted.get(id);
    if (wanted === undefined) return;
    this.#wanted.delete(id);
    void this.#stop(wanted).then(() => {
      for (const pipe of wanted.pipes.values()) pipe.destroy();
      this.#screens.keep(new Set([...this.#wanted.values()].map((each) => this.#displayOf(each.command))));
    });
  }

  async #stop(wanted: WantedJob): Promise<void> {
    const { running, command } = wanted;
    wanted.running = undefined;
    this.#watchProgress();
    if (running === undefined) return;
    const closing = running.close().finally(() => this.#closing.delete(closing));
    // A source of sound may take half a minute to go, with a sound server that hangs; no picture waits for that.
    if (picturesOf(command) !== undefined) this.#closing.add(closing);
    await closing;
  }

  /** The old picture's memory goes away after this, so every job that may read it ends first. */
  async #screenOpened(display: string, image: ScreenImage): Promise<void> {
    if (display === this.#options.display) this.#options.report({ kind: 'screen', width: image.width, height: image.height });
    const readers = () =>
      [...this.#wanted.values()].filter(
        ({ command }) => picturesOf(command) !== undefined && this.#displayOf(command) === display,
      );
    for (const reader of readers()) void this.#stop(reader);
    await Promise.all(this.#closing);
    for (const reader of readers()) if (reader.running === undefined) this.#start(reader);
  }

  #displayOf(command: RunCommand): string {
    return picturesOf(command)?.display ?? this.#options.display;
  }

  #watchProgress(): void {
    const running = [...this.#wanted.values()].some((wanted) => wanted.running !== undefined);
    if (running === (this.#progressTimer !== undefined)) return;
    clearInterval(this.#progressTimer);
    this.#cpu = process.cpuUsage();
    this.#progressTimer = running ? setInterval(() => this.#checkProgress(), STALL_CHECK_MS) : undefined;
  }

  /** Looks whether the threads of all pipelines move. */
  #checkProgress(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    const load = (user + system) / 1_000 / STALL_CHECK_MS;
    for (const { running } of [...this.#wanted.values()]) running?.checkProgress(load);
  }
}
