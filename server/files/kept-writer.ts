import { type BackoffPolicy, backoffMs } from '../lib/backoff.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { FailureNotice } from './failure-notice.js';
import { fileTrouble } from './file-trouble.js';

/** A full disk is tried again soon, since it may be freed at any moment, and costs next to nothing while it is not. */
const RETRY: BackoffPolicy = { firstMs: 1_000, maxMs: 60_000 };

export interface KeptWriterOptions<T> {
  /** As the log names it. */
  readonly file: string;
  /** The log line of a write that failed. */
  readonly failure: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Puts the whole content on the disk; throws the system's error and leaves what was there before. */
  write(content: T): Promise<void>;
}

/**
 * Writes what is kept in memory to its file: completely, never two writes at once, and of several changes at once the last. A
 * write that fails is logged once and tried again until it succeeds.
 */
export class KeptWriter<T> {
  readonly #options: KeptWriterOptions<T>;
  readonly #notice: FailureNotice;
  /** What is not on disk yet. */
  #next: { readonly content: T } | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failures = 0;
  #cancelRetry: Dispose = () => undefined;

  constructor(options: KeptWriterOptions<T>) {
    this.#options = options;
    this.#notice = new FailureNotice(options.file, options.log);
  }

  /** Writes soon. */
  save(content: T): void {
    this.#cancelRetry();
    const idle = this.#next === null || this.#failures > 0;
    this.#next = { content };
    if (idle) this.#enqueue();
  }

  /** Resolves when everything saved so far is on disk, or has been refused by it. */
  flush(): Promise<void> {
    return this.#writing;
  }

  /** Tries a last time to write what the disk has refused. */
  async close(): Promise<void> {
    this.#cancelRetry();
    await this.#writing;
    if (this.#next !== null) await this.#write();
    this.#cancelRetry();
  }

  #enqueue(): void {
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const next = this.#next;
    if (next === null) return;
    this.#next = null;
    try {
      await this.#options.write(next.content);
      this.#failures = 0;
      this.#notice.works();
    } catch (error) {
      this.#notice.failed(this.#options.failure, fileTrouble(error));
      this.#next ??= next;
      this.#cancelRetry();
      this.#cancelRetry = this.#options.clock.after(backoffMs(RETRY, this.#failures++), () => this.#enqueue());
    }
  }
}
