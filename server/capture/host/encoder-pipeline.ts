import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { assertNever } from '../../lib/assert-never.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { GStreamer, Pipeline } from '../../native/gstreamer.js';
import { openPipe } from '../../native/os-pipe.js';
import type { StartCommand } from '../messages.js';
import { explainStreamError } from '../stream-errors.js';
import { Av1Output, RtpOutput, type StreamOutput } from './stream-output.js';

export interface PipelineEvents {
  /** A whole frame has left the encoder and the other side is ready for more. */
  frameOut(): void;
  /** It ended by itself; `close` is still to be called. */
  failed(reason: string): void;
}

const BUS_INTERVAL_MS = 100;

function build(gst: GStreamer, text: string): Result<Pipeline> {
  const launched = gst.launch(text);
  if (!launched.ok) return err(explainStreamError(launched.error));
  if (launched.value.has('output')) return launched;
  void launched.value.close();
  return err('the pipeline must end in "appsink name=appsink"');
}

/** One running pipeline: its text launched, its output read from a pipe and passed on, its bus watched. */
export class EncoderPipeline {
  readonly #pipeline: Pipeline;
  readonly #reader: Socket;
  readonly #writeFd: number;
  readonly #sink: Socket;
  readonly #events: PipelineEvents;
  readonly #output: StreamOutput;
  readonly #busTimer: NodeJS.Timeout;
  #readerPaused = false;
  #outputs = 0;
  #closing: Promise<void> | undefined;

  private constructor(pipeline: Pipeline, command: StartCommand, sink: Socket, events: PipelineEvents) {
    const pipe = openPipe();
    pipeline.set('output', 'fd', String(pipe.writeFd));
    this.#pipeline = pipeline;
    this.#events = events;
    this.#sink = sink;
    this.#writeFd = pipe.writeFd;
    this.#output = outputFor(command, sink, () => this.#frameLeft());
    this.#reader = new Socket({ fd: pipe.readFd, readable: true, writable: false });
    this.#reader.on('data', (data) => this.#read(data));
    this.#reader.on('error', (error) => events.failed(error.message));
    this.#busTimer = setInterval(() => this.#watchBus(), BUS_INTERVAL_MS);
  }

  /** Builds it from its text; the error says what is wrong with the text or missing on the machine. */
  static launch(gst: GStreamer, command: StartCommand, sink: Socket, events: PipelineEvents): Result<EncoderPipeline> {
    const launched = build(gst, command.text);
    if (!launched.ok) return launched;
    try {
      return ok(new EncoderPipeline(launched.value, command, sink, events));
    } catch (error) {
      void launched.value.close();
      return err(error instanceof Error ? error.message : String(error));
    }
  }

  /** Why a pipeline of this text cannot be built; undefined when it can. */
  static check(gst: GStreamer, text: string): string | undefined {
    const launched = build(gst, text);
    if (!launched.ok) return launched.error;
    void launched.value.close();
    return undefined;
  }

  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  /** How often something has come out of it. */
  get outputs(): number {
    return this.#outputs;
  }

  /** It is not read for now, since the server is behind: that nothing comes out is not its fault. */
  get heldBack(): boolean {
    return this.#readerPaused;
  }

  play(baseNs: bigint): Promise<Result<void>> {
    return this.#pipeline.play(baseNs).then((played) => (played.ok ? played : err(explainStreamError(played.error))));
  }

  forceKeyframe(): void {
    this.#pipeline.forceKeyframe('keyframes');
  }

  /** Stops it; what it still writes is dropped from now on. Resolves when nothing of it runs any more. */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#busTimer);
    this.#sink.off('drain', this.#drained);
    this.#reader.removeAllListeners('data');
    this.#reader.resume();
    await this.#pipeline.close();
    closeSync(this.#writeFd);
    this.#reader.destroy();
  }

  #read(data: Buffer): void {
    this.#outputs++;
    if (this.#output.write(data) || this.#readerPaused) return;
    // The server is behind: stop reading, so that the pipeline waits instead of queueing.
    this.#readerPaused = true;
    this.#reader.pause();
    this.#sink.once('drain', this.#drained);
  }

  readonly #drained = () => {
    this.#readerPaused = false;
    this.#reader.resume();
    this.#events.frameOut();
  };

  #frameLeft(): void {
    if (!this.#sink.writableNeedDrain) this.#events.frameOut();
  }

  #watchBus(): void {
    const message = this.#pipeline.nextMessage();
    if (message === undefined) return;
    clearInterval(this.#busTimer);
    switch (message.kind) {
      case 'error':
        this.#events.failed(explainStreamError(message.message));
        return;
      case 'end-of-stream':
        this.#events.failed('the pipeline came to its end');
        return;
      default:
        assertNever(message);
    }
  }
}

function outputFor(command: StartCommand, sink: Socket, frameOut: () => void): StreamOutput {
  if (command.output === 'av1') return new Av1Output(sink, frameOut);
  return new RtpOutput(sink, command.kindOfMedia === 'video', frameOut);
}
