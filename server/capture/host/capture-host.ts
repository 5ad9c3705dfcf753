import type { Socket } from 'node:net';
import { assertNever } from '../../lib/assert-never.js';
import type { Clock } from '../../lib/clock.js';
import type { GStreamer } from '../../native/gstreamer.js';
import type { HostCommand, HostReport, StartCommand } from '../messages.js';
import { checkProgress, hasStalled, MOVING, STALL_CHECK_MS, type StallWatch } from '../stall-watch.js';
import { EncoderPipeline } from './encoder-pipeline.js';
import { GrabStream } from './grab-stream.js';
import { KeyframeRequests } from './keyframe-requests.js';
import type { ScreenImage } from './screen-grabber.js';
import { SharedScreen } from './shared-screen.js';

export interface CaptureHostOptions {
  readonly gst: GStreamer;
  readonly display: string;
  readonly baseNs: bigint;
  readonly clock: Clock;
  report(message: HostReport): void;
  /** The pipe of a stream, by its descriptor. */
  sink(fd: number): Socket;
}

interface RunningStream {
  readonly command: StartCommand;
  readonly pipeline: EncoderPipeline;
  /** Of a written pipeline, which takes its frames by itself. */
  readonly keyframes: KeyframeRequests;
  grab: GrabStream | undefined;
  stall: StallWatch;
}

/** Runs the pipelines that the supervisor wants. Closing cascades: screen -> grabbed streams -> their pipelines. */
export class CaptureHost {
  readonly #options: CaptureHostOptions;
  readonly #screen: SharedScreen;
  /** What the supervisor wants to run, whether it runs or waits for a screen. */
  readonly #wanted = new Map<string, StartCommand>();
  readonly #running = new Map<string, RunningStream>();
  /** Pipelines of grabbed streams on their way down, which may still read the picture. */
  readonly #closing = new Set<Promise<void>>();
  #cpu = process.cpuUsage();
  /** Runs while a pipeline does. */
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(options: CaptureHostOptions) {
    this.#options = options;
    this.#screen = new SharedScreen(options.display, options.clock, {
      opened: (image) => this.#screenOpened(image),
      lost: (reason) => options.report({ kind: 'display-lost', reason }),
    });
  }

  #watchProgress(): void {
    if (this.#running.size > 0 === (this.#progressTimer !== undefined)) return;
    clearInterval(this.#progressTimer);
    this.#cpu = process.cpuUsage();
    this.#progressTimer = this.#running.size === 0 ? undefined : setInterval(() => this.#checkProgress(), STALL_CHECK_MS);
  }

  /** Looks whether the threads of all pipelines move. */
  #checkProgress(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    const load = (user + system) / 1_000 / STALL_CHECK_MS;
    for (const stream of [...this.#running.values()]) {
      const { pipeline, command, grab } = stream;
      const due = !pipeline.heldBack && (command.kindOfMedia === 'audio' ? pipeline.outputs > 0 : (grab?.due ?? false));
      const progress = { outputs: pipeline.outputs, due, load };
      stream.stall = checkProgress(stream.stall, progress);
      if (!hasStalled(stream.stall, progress)) continue;
      // A source of sound hangs with the sound server, and the picture must not suffer from that.
      if (command.kindOfMedia === 'audio') this.#failed(stream, 'the sound server has stopped to deliver');
      else this.#options.report({ kind: 'hung', reason: `the pipeline of ${command.id} does not move` });
    }
  }

  /** Connects to the screen; pipelines with a source of their own do not wait for it. */
  open(): Promise<void> {
    return this.#screen.open();
  }

  obey(command: HostCommand): void {
    switch (command.kind) {
      case 'start':
        this.#stop(command.id);
        this.#wanted.set(command.id, command);
        this.#start(command);
        return;
      case 'stop':
        this.#wanted.delete(command.id);
        this.#stop(command.id);
        return;
      case 'check':
        this.#options.report({ kind: 'checked', id: command.id, reason: EncoderPipeline.check(this.#options.gst, command.text) });
        return;
      case 'keyframe':
        this.#keyframe(command.id);
        return;
      case 'ping':
        this.#options.report({ kind: 'alive' });
        return;
      case 'input':
        for (const { grab } of this.#running.values()) grab?.pace({ kind: 'input' });
        return;
      default:
        assertNever(command);
    }
  }

  #start(command: StartCommand): void {
    const image = this.#screen.image;
    // A grabbed stream without a screen starts as soon as there is one.
    if (command.source === 'grab' && image === undefined) return;
    const { gst, baseNs, report, sink } = this.#options;
    const launched = EncoderPipeline.launch(gst, command, sink(command.fd), {
      frameOut: () => this.#running.get(command.id)?.grab?.pace({ kind: 'encoded' }),
      failed: (reason) => this.#failed(stream, reason),
    });
    if (!launched.ok) {
      this.#wanted.delete(command.id);
      report({ kind: 'failed', id: command.id, reason: launched.error });
      return;
    }
    const pipeline = launched.value;
    const keyframes = new KeyframeRequests(this.#options.clock, () => pipeline.forceKeyframe());
    const stream: RunningStream = { command, pipeline, keyframes, grab: undefined, stall: MOVING };
    this.#running.set(command.id, stream);
    this.#watchProgress();
    if (command.source === 'grab' && image !== undefined) setPictureCaps(pipeline, image, command.framesPerSecond, 0);
    void pipeline.play(baseNs).then((played) => {
      if (this.#running.get(command.id) !== stream) return;
      if (!played.ok) {
        this.#failed(stream, played.error);
        return;
      }
      report({ kind: 'started', id: command.id });
      if (command.source === 'grab' && image !== undefined) this.#feed(stream, image);
      else stream.keyframes.input({ kind: 'first-frame' });
    });
  }

  #feed(stream: RunningStream, image: ScreenImage): void {
    const { baseNs, clock } = this.#options;
    const { pipeline, command } = stream;
    const grab: GrabStream = new GrabStream({
      pipeline,
      image,
      framesPerSecond: command.framesPerSecond,
      lifts: command.lifts,
      forceKeyframe: forcer(pipeline, image, command),
      baseNs,
      clock,
      requestPicture: () => this.#screen.request(grab),
    });
    stream.grab = grab;
    this.#screen.readers.add(grab);
    grab.pace({ kind: 'tick' });
  }

  #keyframe(id: string): void {
    const stream = this.#running.get(id);
    if (stream?.command.source === 'own') stream.keyframes.input({ kind: 'requested' });
    else stream?.grab?.requestKeyframe();
  }

  #failed(stream: RunningStream, reason: string): void {
    const { id } = stream.command;
    if (this.#running.get(id) !== stream) return;
    this.#wanted.delete(id);
    this.#stop(id);
    this.#options.report({ kind: 'failed', id, reason });
  }

  #stop(id: string): void {
    const stream = this.#running.get(id);
    if (stream === undefined) return;
    this.#running.delete(id);
    this.#watchProgress();
    stream.keyframes.close();
    if (stream.grab !== undefined) {
      this.#screen.readers.delete(stream.grab);
      stream.grab.close();
    }
    const closing = stream.pipeline.close().finally(() => this.#closing.delete(closing));
    // A source of sound may take half a minute to go, with a sound server that hangs; no picture waits for that.
    if (stream.command.source === 'grab') this.#closing.add(closing);
  }

  /** The old picture's memory goes away after this, so every pipeline that may read it ends first. */
  async #screenOpened(image: ScreenImage): Promise<void> {
    this.#options.report({ kind: 'screen', width: image.width, height: image.height });
    const grabbed = [...this.#running.values()].filter(({ command }) => command.source === 'grab');
    for (const { command } of grabbed) this.#stop(command.id);
    await Promise.all(this.#closing);
    for (const command of this.#wanted.values()) {
      if (command.source === 'grab' && !this.#running.has(command.id)) this.#start(command);
    }
  }
}

function forcer(pipeline: EncoderPipeline, image: ScreenImage, { keyframeBy, framesPerSecond }: StartCommand): () => void {
  let variant = 0;
  return () => {
    if (keyframeBy === 'event') {
      pipeline.forceKeyframe();
      return;
    }
    variant = 1 - variant;
    setPictureCaps(pipeline, image, framesPerSecond, variant);
  };
}

/** Caps of the grabbed picture; the variants differ by a hundredth of a frame a second and in nothing else. */
function setPictureCaps(pipeline: EncoderPipeline, image: ScreenImage, framesPerSecond: number, variant: number): void {
  const { width, height } = image;
  const rate = `${Math.round(framesPerSecond * 100) + variant}/100`;
  pipeline.pipeline.setSourceCaps('source', `video/x-raw,format=BGRx,width=${width},height=${height},framerate=${rate}`);
}
