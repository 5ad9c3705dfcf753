import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Pipeline } from '../../native/gstreamer.js';
import { openPipe } from '../../native/os-pipe.js';

/** What goes into one `fdsrc` of a pipeline: bytes of the server, no faster than the pipeline takes them. */
export class SamplePipe {
  readonly #writer: Socket;
  readonly #readFd: number;

  constructor(pipeline: Pipeline, element: string, source: Socket) {
    const pipe = openPipe();
    pipeline.set(element, 'fd', String(pipe.readFd));
    this.#readFd = pipe.readFd;
    this.#writer = new Socket({ fd: pipe.writeFd, readable: false, writable: true });
    // A pipeline that ended reads no more; its end is reported.
    this.#writer.on('error', () => undefined);
    source.pipe(this.#writer);
  }

  /** Ends what the pipeline reads, so that it can end itself. */
  drain(): void {
    this.#writer.destroy();
  }

  /** Once the pipeline has ended. */
  close(): void {
    closeSync(this.#readFd);
  }
}
