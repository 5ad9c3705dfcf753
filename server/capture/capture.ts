import type { CaptureConfig } from '../config/config.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { Emitter } from '../lib/emitter.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import { CODECS } from '../protocol/codec.js';
import type { ScreenSize } from '../protocol/events/screen.js';
import { type CaptureProblem, type CaptureStatus, pictureProblem } from './capture-status.js';
import type { BitrateRange } from './encoders/bitrate-range.js';
import { CHOSEN_ELEMENTS, type HasElement } from './encoders/default-encoders.js';
import { hardwareDevices } from './encoders/hardware-devices.js';
import { encodersIn } from './encoders/known-encoders.js';
import { AUDIO_ID } from './pipelines/audio-stream.js';
import { buildStreams } from './pipelines/pipelines.js';
import type { StreamDescription } from './pipelines/stream-description.js';
import { SCREENSHOT_ID, screenshotJob } from './screenshots/screenshot-job.js';
import { Screenshots } from './screenshots/screenshots.js';
import { BrokenStreams } from './streams/broken-streams.js';
import type { EncodedStream } from './streams/encoded-stream.js';
import { FirstFrameWatch } from './streams/first-frame-watch.js';
import { monotonicNsToMs, type RtpClock } from './streams/rtp-clock.js';
import { SharedStream } from './streams/shared-stream.js';
import { StartCheck } from './streams/start-check.js';
import { type DescribeAll, StreamJobs } from './streams/stream-jobs.js';
import { type JobOwner, WorkerSupervisor } from './supervisor/worker-supervisor.js';

export interface CaptureOptions {
  readonly config: Pick<CaptureConfig, 'audio' | 'video'>;
  /** The X display to grab, for example `:99`. */
  readonly display: string;
  /** The X display that screenshots show; the same unless given. */
  readonly screenshotDisplay?: string;
  /** The screen at start, as far as known; the worker corrects width and height. */
  readonly screen: ScreenSize;
  /** Adds the stream `legacy`, which draws the pointer. */
  readonly legacy: boolean;
  readonly log: Log;
  readonly clock: Clock;
  /** The compiled GStreamer worker; the one of this build unless given. */
  readonly workerEntry?: string;
}

/** The running capture: its streams start with their first listener and stop after their last. */
export interface Capture {
  /** All streams by id, hidden ones and `audio` included. */
  readonly streams: ReadonlyMap<string, EncodedStream>;
  /** The ids offered to clients, best first. */
  readonly videoIds: readonly string[];
  readonly audio: EncodedStream;
  /** Resolves once it is known whether the offered video can be encoded on this machine; the error says what to do. */
  usable(): Promise<Result<void>>;
  /** Someone moved the pointer or pressed a key: lifts the frame cap for a moment. Cheap, call it for every input. */
  noteInput(): void;
  /** The screen got a new mode: streams whose description depends on it are rebuilt. */
  screenChanged(screen: ScreenSize): void;
  /**
   * Has the encoder of a stream aim at this bitrate from now on, without a keyframe, whenever it runs; a stream whose encoder
   * takes none stays as it is.
   */
  setBitrate(streamId: string, bitrateBps: number): void;
  /** The bitrate that a stream aims at whether it runs or not, bit/s; undefined where its pipeline does not say. */
  nominalBitrateBps(streamId: string): number | undefined;
  /** Between which bitrates the encoder of a stream may be moved, whether it runs or not; undefined where its text says none. */
  bitrateRange(streamId: string): BitrateRange | undefined;
  /** A JPEG of the whole screen in a quality of 1 to 100, without the pointer; an error within 4 s where there is none. */
  screenshot(quality: number): Promise<Result<Buffer>>;
  status(): CaptureStatus;
  /** The report for administrators: all that does not run, streams included that nobody watches since they gave no picture. */
  problems(): readonly CaptureProblem[];
  /** Whether a stream gave no picture when it was last tried, so that newcomers are shown another. */
  isBroken(streamId: string): boolean;
  /** A stream gives no picture: its pipeline cannot be built, ends before a frame, or gives none within 5 s. */
  onBroken(listener: (streamId: string) => void): Dispose;
  onStatus(listener: (status: CaptureStatus) => void): Dispose;
  /** The mapping for sender reports; undefined until the worker is up. It changes when the worker was restarted. */
  rtpClock(streamId: string): RtpClock | undefined;
  /** The process id of the present worker, for diagnosis. */
  readonly workerPid: number | undefined;
  /** Ends the worker process; idempotent. */
  close(): Promise<void>;
}

/** The cap lifts for 120 ms, so telling the worker more often than this says nothing new. */
const INPUT_INTERVAL_MS = 30;

/** Starts the GStreamer worker and offers its streams; the error names the key of a setting that cannot be. */
export function openCapture(options: CaptureOptions): Result<Capture> {
  const devices = hardwareDevices();
  const describeAll = (screen: ScreenSize, has: HasElement) => buildStreams({ ...options, screen, has, devices });
  const planned = describeAll(options.screen, () => true);
  if (!planned.ok) return planned;
  const missing = options.config.video.ids.find((id) => !planned.value.some((stream) => stream.id === id));
  if (missing !== undefined) return err(`capture.video.ids: there is no pipeline with the id "${missing}"`);
  return ok(new RunningCapture(options, planned.value, describeAll));
}

class RunningCapture implements Capture {
  readonly streams: ReadonlyMap<string, EncodedStream>;
  readonly videoIds: readonly string[];
  readonly audio: EncodedStream;
  readonly #supervisor: WorkerSupervisor;
  readonly #screenshots: Screenshots;
  readonly #clock: Clock;
  readonly #startCheck: StartCheck;
  readonly #log: Log;
  readonly #events = new Emitter<{ status: CaptureStatus; broken: string }>();
  readonly #broken = new BrokenStreams();
  readonly #jobs: StreamJobs;
  #screen: ScreenSize;
  #inputToldMs = Number.NEGATIVE_INFINITY;

  constructor(options: CaptureOptions, planned: readonly StreamDescription[], describeAll: DescribeAll) {
    const { config, display, screenshotDisplay, log, clock, workerEntry } = options;
    const otherDisplay = screenshotDisplay === display ? undefined : screenshotDisplay;
    this.#clock = clock;
    this.#log = log;
    this.#jobs = new StreamJobs(describeAll, log);
    this.#screen = options.screen;
    const engine = {
      start: (id: string) => this.#supervisor.start(id),
      stop: (id: string) => this.#supervisor.stop(id),
      keyframe: (id: string) => this.#supervisor.keyframe(id),
      picture: (id: string) => this.#supervisor.picture(id),
    };
    const streams = new Map(planned.map((description) => [description.id, new SharedStream(description, engine)]));
    this.streams = streams;
    this.audio = streams.get(AUDIO_ID)!;
    this.videoIds = offeredIds(planned, config.video.ids);
    this.#startCheck = new StartCheck(this.videoIds, log, clock);
    const owners = new Map([...streams].map(([id, stream]) => [id, this.#ownerOf(id, stream)]));
    this.#supervisor = new WorkerSupervisor({
      display,
      workerEntry,
      log,
      clock,
      elements: [...CHOSEN_ELEMENTS, ...planned.flatMap(({ text }) => encodersIn(text).map(({ element }) => element))],
      checkedIds: [...streams.keys()],
      describe: (id, has) =>
        id === SCREENSHOT_ID ? ok(screenshotJob(otherDisplay)) : this.#jobs.describe(id, this.#screen, has),
      screen: (width, height) => this.screenChanged({ ...this.#screen, width, height }),
      checked: (id, reason) => this.#checked(id, reason),
      unusable: (reason) => this.#startCheck.unusable(reason),
      owner: (id) => owners.get(id) ?? this.#screenshots,
      status: (status) => this.#events.emit('status', status),
    });
    this.#screenshots = new Screenshots(this.#supervisor, clock);
  }

  get workerPid(): number | undefined {
    return this.#supervisor.workerPid;
  }

  usable(): Promise<Result<void>> {
    return this.#startCheck.outcome;
  }

  noteInput(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#inputToldMs < INPUT_INTERVAL_MS) return;
    this.#inputToldMs = nowMs;
    this.#supervisor.input();
  }

  screenChanged(screen: ScreenSize): void {
    const { width, height } = this.#screen;
    this.#screen = screen;
    if (screen.width !== width || screen.height !== height) this.#broken.clear();
    this.#supervisor.refresh();
  }

  setBitrate(streamId: string, bitrateBps: number): void {
    this.#supervisor.set(streamId, this.#jobs.setBitrate(streamId, bitrateBps));
  }

  nominalBitrateBps(streamId: string): number | undefined {
    return this.#jobs.nominalBitrateBps(streamId, this.#screen);
  }

  bitrateRange(streamId: string): BitrateRange | undefined {
    return this.#jobs.bitrateRange(streamId, this.#screen, this.videoIds.at(-1));
  }

  screenshot(quality: number): Promise<Result<Buffer>> {
    return this.#screenshots.take(quality);
  }

  status(): CaptureStatus {
    return this.#supervisor.status;
  }

  problems(): readonly CaptureProblem[] {
    const status = this.#supervisor.status;
    const present = status.kind === 'degraded' ? status.problems : [];
    const others = this.#broken.problems.filter(({ about }) => !present.some((each) => each.about === about));
    return [...present, ...others];
  }

  isBroken(streamId: string): boolean {
    return this.#broken.isAvoided(streamId, this.#clock.nowMs());
  }

  onBroken(listener: (streamId: string) => void): Dispose {
    return this.#events.on('broken', listener);
  }

  onStatus(listener: (status: CaptureStatus) => void): Dispose {
    return this.#events.on('status', listener);
  }

  rtpClock(streamId: string): RtpClock | undefined {
    const stream = this.streams.get(streamId);
    const { baseNs } = this.#supervisor;
    if (stream === undefined || baseNs === undefined) return undefined;
    return { clockRateHz: CODECS[stream.codec].clockRateHz, zeroMs: monotonicNsToMs(baseNs) };
  }

  close(): Promise<void> {
    this.#startCheck.close();
    this.#screenshots.failed('the server is closing');
    return this.#supervisor.close();
  }

  /** The receiver of what happens to a stream's job. */
  #ownerOf(id: string, stream: SharedStream): JobOwner {
    const watch = new FirstFrameWatch(this.#clock, {
      silent: (reason) => {
        if (!stream.wanted || this.#isBlind()) return;
        if (this.#jobs.blamesHardware(id, reason)) this.#supervisor.refresh();
        else this.#broke(id, reason);
      },
      // A hardware encoder is tried once more, and then replaced.
      fruitless: (reason) => {
        if (!this.#isBlind() && !this.#jobs.isOnHardware(id)) this.#broke(id, reason);
      },
    });
    return {
      startOrdered: () => {
        watch.ordered();
        stream.startOrdered();
      },
      started: () => watch.started(),
      failed: (reason) => {
        this.#jobs.failed(id, reason);
        watch.failed(reason);
      },
      read: (data) => {
        if (!stream.read(data)) return;
        watch.delivered();
        this.#broken.delivered(id);
        this.#jobs.delivered(id);
      },
    };
  }

  /** Nothing can be captured for now, which is no stream's fault. */
  #isBlind(): boolean {
    return pictureProblem(this.#supervisor.status, '') !== undefined;
  }

  #broke(id: string, reason: string): void {
    if (id === AUDIO_ID) return;
    if (this.#broken.broke(id, reason, this.#clock.nowMs()))
      this.#log.warn({ stream: id, reason }, 'this stream gives no picture, its viewers are shown another');
    this.#events.emit('broken', id);
  }

  /** A stream that could not be built because of its hardware encoder is tried again without. */
  #checked(id: string, reason: string | undefined): void {
    if (reason === undefined) this.#startCheck.heard(id, undefined);
    else if (this.#jobs.blamesHardware(id, reason)) this.#supervisor.check(id);
    else {
      const problem = this.#jobs.problemOf(id) ?? reason;
      this.#startCheck.heard(id, problem);
      if (id !== AUDIO_ID) this.#broken.broke(id, problem, this.#clock.nowMs());
    }
  }
}

/** The ids of what is not hidden, in the order of the configuration where it has one. */
function offeredIds(planned: readonly StreamDescription[], ids: readonly string[]): string[] {
  const visible = planned.filter(({ kind, hidden }) => kind === 'video' && !hidden).map(({ id }) => id);
  return ids.length === 0 ? visible : ids.filter((id) => visible.includes(id));
}
