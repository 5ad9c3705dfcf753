import type { Socket } from 'node:net';
import type { Clock } from '../../lib/clock.js';
import { ok, type Result } from '../../lib/result.js';
import type { GStreamer } from '../../native/gstreamer.js';
import type { PictureInput, Setting } from '../job.js';
import type { RunCommand } from '../messages.js';
import { JobPipeline } from './job-pipeline.js';
import { KeyframeRequests } from './outputs/keyframe-requests.js';
import { PacedPictures } from './pictures/paced-pictures.js';
import type { PictureFeed } from './pictures/picture-feed.js';
import { REQUESTED_FPS, RequestedPictures } from './pictures/requested-pictures.js';
import type { ScreenImage } from './pictures/screen-grabber.js';
import type { SharedScreen } from './pictures/shared-screen.js';
import { checkProgress, hasStalled, MOVING, type StallWatch } from './stall-watch.js';

export interface RunningJobOptions {
  readonly gst: GStreamer;
  readonly screen: SharedScreen;
  readonly clock: Clock;
  readonly baseNs: bigint;
  /** The server's end of what goes in or out at an element. */
  pipe(element: string): Socket;
}

export interface JobEvents {
  started(): void;
  ended(): void;
  failed(reason: string): void;
  /** Its threads do not move, and no end of the job alone helps. */
  hung(reason: string): void;
}

/** The pictures that a job takes, if it takes any. */
export function picturesOf({ job }: RunCommand): PictureInput | undefined {
  return job.inputs.find((input) => input.kind === 'pictures');
}

const CLOSING_PATIENCE_MS = 3_000;

/** A job that runs. Closing cascades: its feed of pictures -> its pipeline -> its ends. */
export class RunningJob {
  readonly command: RunCommand;
  readonly #options: RunningJobOptions;
  readonly #events: JobEvents;
  readonly #pipeline: JobPipeline;
  /** Of a pipeline that takes its frames by itself. */
  readonly #keyframes: KeyframeRequests;
  readonly #isSound: boolean;
  #feed: PictureFeed | undefined;
  #stall: StallWatch = MOVING;
  #closed = false;

  private constructor(command: RunCommand, options: RunningJobOptions, pipeline: JobPipeline, events: JobEvents) {
    this.command = command;
    this.#options = options;
    this.#pipeline = pipeline;
    this.#events = events;
    this.#keyframes = new KeyframeRequests(options.clock, () => pipeline.forceKeyframe());
    this.#isSound = command.job.outputs.some((output) => output.kind === 'packets' && output.media === 'audio');
  }

  /** Builds and starts it; `image` is the picture of the screen, for a job that takes it. What happens later comes as events. */
  static start(
    command: RunCommand,
    image: ScreenImage | undefined,
    options: RunningJobOptions,
    events: JobEvents,
  ): Result<RunningJob> {
    const launched = JobPipeline.launch(options.gst, command.job, (element) => options.pipe(element), {
      frameOut: () => running.#feed?.pace({ kind: 'encoded' }),
      ended: () => running.#unlessClosed(() => events.ended()),
      failed: (reason) => running.#unlessClosed(() => events.failed(reason)),
    });
    if (!launched.ok) return launched;
    const running: RunningJob = new RunningJob(command, options, launched.value, events);
    void running.#play(image);
    return ok(running);
  }

  requestKeyframe(): void {
    if (picturesOf(this.command) === undefined) this.#keyframes.input({ kind: 'requested' });
    else this.#feed?.requestKeyframe();
  }

  requestPicture(): void {
    this.#feed?.requestPicture();
  }

  set(settings: readonly Setting[]): void {
    if (!this.#closed) this.#pipeline.set(settings);
  }

  noteInput(): void {
    this.#feed?.pace({ kind: 'input' });
  }

  /** Looks whether its threads move; `load` is the share of one processor that the process used since the last check. */
  checkProgress(load: number): void {
    const { heldBack, outputs } = this.#pipeline;
    const due = !heldBack && (this.#isSound ? outputs > 0 : (this.#feed?.due ?? false));
    const progress = { outputs, due, load };
    this.#stall = checkProgress(this.#stall, progress);
    if (!hasStalled(this.#stall, progress)) return;
    // A source of sound hangs with the sound server, and the picture must not suffer from that.
    if (this.#isSound) this.#events.failed('the sound server has stopped to deliver');
    else if (outputs === 0) this.#endUnstarted();
    else this.#events.hung(`the pipeline of ${this.command.id} does not move`);
  }

  /** Resolves when nothing of it runs any more. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#keyframes.close();
      if (this.#feed !== undefined) this.#options.screen.readers.delete(this.#feed);
      this.#feed?.close();
    }
    return this.#pipeline.close();
  }

  /** One that never gave anything is wrong by itself, and others need not suffer, unless it cannot even be ended. */
  #endUnstarted(): void {
    const { clock } = this.#options;
    const giveUp = clock.after(CLOSING_PATIENCE_MS, () => this.#events.hung(`the pipeline of ${this.command.id} does not end`));
    this.#events.failed('no frame came out of the pipeline');
    void this.close().finally(giveUp);
  }

  async #play(image: ScreenImage | undefined): Promise<void> {
    const pictures = picturesOf(this.command);
    this.#pipeline.set(this.command.job.settings);
    if (pictures !== undefined && image !== undefined) setPictureCaps(this.#pipeline, image, pictures, 0);
    const played = await this.#pipeline.play(this.#options.baseNs);
    this.#unlessClosed(() => {
      if (!played.ok) return this.#events.failed(played.error);
      if (pictures !== undefined && image !== undefined) this.#feedPictures(pictures, image);
      else this.#keyframes.input({ kind: 'first-frame' });
      this.#events.started();
    });
  }

  #feedPictures(pictures: PictureInput, image: ScreenImage): void {
    const { screen, baseNs, clock } = this.#options;
    const pipeline = this.#pipeline;
    const { element, pace, framesPerSecond, lifts } = pictures;
    const shared = { pipeline, element, image, baseNs, fetchPicture: () => screen.request(feed, pace === 'request') };
    const forceKeyframe = forcer(pipeline, image, pictures, this.command.job.keyframeBy);
    const feed: PictureFeed =
      pace === 'request'
        ? new RequestedPictures(shared)
        : new PacedPictures({ ...shared, framesPerSecond, lifts, clock, forceKeyframe });
    this.#feed = feed;
    screen.readers.add(feed);
    feed.pace({ kind: 'tick' });
  }

  #unlessClosed(action: () => void): void {
    if (!this.#closed) action();
  }
}

function forcer(
  pipeline: JobPipeline,
  image: ScreenImage,
  pictures: PictureInput,
  by: RunCommand['job']['keyframeBy'],
): () => void {
  let variant = 0;
  return () => {
    if (by === 'event') {
      pipeline.forceKeyframe();
      return;
    }
    variant = 1 - variant;
    setPictureCaps(pipeline, image, pictures, variant);
  };
}

/** Caps of the grabbed picture; the variants differ by a hundredth of a frame a second and in nothing else. */
function setPictureCaps(pipeline: JobPipeline, { width, height }: ScreenImage, pictures: PictureInput, variant: number): void {
  const { element, pace, framesPerSecond } = pictures;
  const rate = `${Math.round((pace === 'request' ? REQUESTED_FPS : framesPerSecond) * 100) + variant}/100`;
  pipeline.pipeline.setSourceCaps(element, `video/x-raw,format=BGRx,width=${width},height=${height},framerate=${rate}`);
}
