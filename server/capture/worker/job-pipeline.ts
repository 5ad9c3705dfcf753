import type { Socket } from 'node:net';
import { assertNever } from '../../lib/assert-never.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { GStreamer, Pipeline } from '../../native/gstreamer.js';
import { type Job, pipesOf, type Setting } from '../job.js';
import { explainStreamError } from '../streams/stream-errors.js';
import { type OutputEvents, OutputPipe } from './outputs/output-pipe.js';
import { SamplePipe } from './sample-pipe.js';

export interface PipelineEvents extends OutputEvents {
  /** It came to its end; `close` is still to be called, as after `failed`. */
  ended(): void;
}

const BUS_INTERVAL_MS = 100;

function build(gst: GStreamer, job: Job): Result<Pipeline> {
  const launched = gst.launch(job.text);
  if (!launched.ok) return err(explainStreamError(launched.error));
  const missing = [...job.inputs, ...job.outputs].find(({ element }) => !launched.value.has(element));
  if (missing === undefined) return launched;
  void launched.value.close();
  const isSink = job.outputs.some(({ element }) => element === missing.element);
  return err(
    isSink ? 'the pipeline must end in "appsink name=appsink"' : `the pipeline has no element named "${missing.element}"`,
  );
}

/** Why the pipeline of a job cannot be built; undefined when it can. */
export function checkJob(gst: GStreamer, job: Job): string | undefined {
  const launched = build(gst, job);
  if (!launched.ok) return launched.error;
  void launched.value.close();
  return undefined;
}

/** The pipeline of a job: its text launched, its ends connected, its bus watched. */
export class JobPipeline {
  readonly pipeline: Pipeline;
  readonly #events: PipelineEvents;
  readonly #outputs: OutputPipe[] = [];
  readonly #samples: SamplePipe[] = [];
  readonly #busTimer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  private constructor(pipeline: Pipeline, events: PipelineEvents) {
    this.pipeline = pipeline;
    this.#events = events;
    this.#busTimer = setInterval(() => this.#watchBus(), BUS_INTERVAL_MS);
  }

  /** Builds it from its text; the error says what is wrong with the text or missing on the machine. */
  static launch(gst: GStreamer, job: Job, pipe: (element: string) => Socket, events: PipelineEvents): Result<JobPipeline> {
    const launched = build(gst, job);
    if (!launched.ok) return launched;
    const pipeline = new JobPipeline(launched.value, events);
    try {
      for (const { element, toServer } of pipesOf(job)) {
        const output = job.outputs.find((each) => each.element === element);
        if (toServer && output !== undefined)
          pipeline.#outputs.push(new OutputPipe(launched.value, output, pipe(element), events));
        else pipeline.#samples.push(new SamplePipe(launched.value, element, pipe(element)));
      }
      return ok(pipeline);
    } catch (error) {
      void pipeline.close();
      return err(error instanceof Error ? error.message : String(error));
    }
  }

  /** How often something has come out of it. */
  get outputs(): number {
    return this.#outputs.reduce((sum, { reads }) => sum + reads, 0);
  }

  /** It is not read for now, since the server is behind: that nothing comes out is not its fault. */
  get heldBack(): boolean {
    return this.#outputs.some(({ paused }) => paused);
  }

  play(baseNs: bigint): Promise<Result<void>> {
    return this.pipeline.play(baseNs).then((played) => (played.ok ? played : err(explainStreamError(played.error))));
  }

  /** Elements are found by their name, or else by what they are, such as `vp8enc`. */
  set(settings: readonly Setting[]): void {
    for (const { element, property, value } of settings) this.pipeline.setWherever(element, property, value);
  }

  forceKeyframe(): void {
    this.pipeline.forceKeyframe('keyframes');
  }

  /** Stops it; what it still writes is dropped from now on. Resolves when nothing of it runs any more. */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#busTimer);
    const ends = [...this.#outputs, ...this.#samples];
    for (const end of ends) end.drain();
    await this.pipeline.close();
    for (const end of ends) end.close();
  }

  #watchBus(): void {
    const message = this.pipeline.nextMessage();
    if (message === undefined) return;
    clearInterval(this.#busTimer);
    switch (message.kind) {
      case 'error':
        this.#events.failed(explainStreamError(message.message));
        return;
      case 'end-of-stream':
        this.#events.ended();
        return;
      default:
        assertNever(message);
    }
  }
}
