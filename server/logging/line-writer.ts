import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { type Backlog, backlog } from '../lib/bounds/backlog.js';
import { setNonBlocking } from '../native/os-pipe.js';

/** Bytes kept while nobody reads; what comes beyond them is dropped and counted. */
const MOST_WAITING_BYTES = 1 << 20;
/** The wait before the next try of a pipe that is full, or a disk. */
const RETRY_MS = 200;
/** How long the process waits at its end for lines that are left. */
const EXIT_PATIENCE_MS = 500;
const EXIT_POLL_MS = 10;

/**
 * Writes lines to a file, a pipe or a terminal, and never holds the process up or ends it: a pipe that nobody reads, a full disk
 * or a reader that is gone costs lines, which are counted. What is left is written when the process ends, within half a second.
 */
export class LineWriter {
  readonly #fd: number;
  /** Disks can be slow, so another thread writes to them; pipes and terminals refuse at once what they cannot take. */
  readonly #isFile: boolean;
  readonly #waiting: Backlog = backlog(MOST_WAITING_BYTES);
  #writing = false;
  #retry: NodeJS.Timeout | undefined;
  #dropped = 0;
  #onDropped: (lines: number) => void = () => undefined;

  /** Takes over a descriptor. */
  constructor(fd: number) {
    this.#isFile = fstatSync(fd).isFile();
    this.#fd = this.#isFile ? fd : withoutWaiting(fd);
    process.once('exit', () => this.#flush());
  }

  /** Calls `listener` with the number of dropped lines once lines flow again. */
  onDropped(listener: (lines: number) => void): void {
    this.#onDropped = listener;
  }

  /** `text` is one or more whole lines. */
  write(text: string): void {
    if (!this.#waiting.add(Buffer.from(text))) this.#dropped++;
    if (!this.#writing && this.#retry === undefined) this.#next();
  }

  #next(): void {
    for (;;) {
      const chunk = this.#waiting.first();
      if (chunk === undefined) break;
      if (this.#isFile) {
        this.#writing = true;
        write(this.#fd, chunk, (error, written) => {
          this.#writing = false;
          if (error === null) this.#waiting.take(written);
          else this.#waitAndTryAgain();
          if (error === null) this.#next();
        });
        return;
      }
      const written = tryWrite(this.#fd, chunk);
      this.#waiting.take(written);
      if (written < chunk.length) {
        this.#waitAndTryAgain();
        return;
      }
    }
    this.#announceDropped();
  }

  #waitAndTryAgain(): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#next();
    }, RETRY_MS);
    this.#retry.unref();
  }

  #announceDropped(): void {
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    this.#onDropped(dropped);
  }

  /** The process ends: waits for the reader, but not for long. */
  #flush(): void {
    // The thread finishes by itself what it is writing now.
    if (this.#writing) this.#waiting.take(this.#waiting.first()?.length ?? 0);
    const waiter = new Int32Array(new SharedArrayBuffer(4));
    for (let waitedMs = 0; waitedMs < EXIT_PATIENCE_MS; waitedMs += EXIT_POLL_MS) {
      const chunk = this.#waiting.first();
      if (chunk === undefined) return;
      this.#waiting.take(tryWrite(this.#fd, chunk));
      if (this.#waiting.first() !== undefined) Atomics.wait(waiter, 0, 0, EXIT_POLL_MS);
    }
  }
}

/** Returns how many bytes were taken: none by a full pipe, a full disk, or a reader that is gone. */
function tryWrite(fd: number, chunk: Uint8Array): number {
  try {
    return writeSync(fd, chunk);
  } catch {
    return 0;
  }
}

/**
 * A way to write to the same pipe or terminal that never waits. It is opened a second time, since processes that share
 * the first descriptor may expect it to wait; a pipe of another user cannot be opened again, and a socket never can.
 */
function withoutWaiting(fd: number): number {
  try {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_APPEND;
    const again = openSync(`/proc/self/fd/${fd}`, flags);
    return again;
  } catch {
    setNonBlocking(fd);
    return fd;
  }
}
