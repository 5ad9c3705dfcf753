import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Pipeline } from '../../../native/gstreamer.js';
import { openPipe } from '../../../native/os-pipe.js';
import type { JobOutput } from '../../job.js';
import { formatOf, type OutputFormat } from './job-output.js';

export interface OutputEvents {
  /** A whole frame has left and the other side is ready for more. */
  frameOut(): void;
  failed(reason: string): void;
}

/** What comes out of one `fdsink` of a pipeline: read from a pipe of its own and passed on to the server. */
export class OutputPipe {
  readonly #reader: Socket;
  readonly #writeFd: number;
  readonly #sink: Socket;
  readonly #events: OutputEvents;
  readonly #format: OutputFormat;
  #paused = false;
  #reads = 0;

  constructor(pipeline: Pipeline, output: JobOutput, sink: Socket, events: OutputEvents) {
    const pipe = openPipe();
    pipeline.set(output.element, 'fd', String(pipe.writeFd));
    this.#writeFd = pipe.writeFd;
    this.#sink = sink;
    this.#events = events;
    this.#format = formatOf(output, sink, () => this.#frameLeft());
    this.#reader = new Socket({ fd: pipe.readFd, readable: true, writable: false });
    this.#reader.on('data', (data) => this.#read(data));
    this.#reader.on('error', (error) => events.failed(error.message));
  }

  /** How often something has come out. */
  get reads(): number {
    return this.#reads;
  }

  /** It is not read for now, since the server is behind: that nothing comes out is not its fault. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Passes nothing on any more, and keeps reading so that the pipeline can end. */
  drain(): void {
    this.#sink.off('drain', this.#drained);
    this.#reader.removeAllListeners('data');
    this.#reader.resume();
  }

  /** Once the pipeline has ended. */
  close(): void {
    closeSync(this.#writeFd);
    this.#reader.destroy();
  }

  #read(data: Buffer): void {
    this.#reads++;
    if (this.#format.write(data) || this.#paused) return;
    // The server is behind: stop reading, so that the pipeline waits instead of queueing.
    this.#paused = true;
    this.#reader.pause();
    this.#sink.once('drain', this.#drained);
  }

  readonly #drained = () => {
    this.#paused = false;
    this.#reader.resume();
    this.#events.frameOut();
  };

  #frameLeft(): void {
    if (!this.#sink.writableNeedDrain) this.#events.frameOut();
  }
}
