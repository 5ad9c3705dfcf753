import type { Log } from '../lib/log.js';

/** Logs what is wrong with one file: each kind of failure once, until the file can be used again. */
export class FailureNotice {
  #said: string | undefined;

  constructor(
    private readonly file: string,
    private readonly log: Log,
  ) {}

  failed(message: string, reason: string): void {
    if (this.#said === `${message} ${reason}`) return;
    this.#said = `${message} ${reason}`;
    this.log.error({ file: this.file, reason }, message);
  }

  works(): void {
    if (this.#said !== undefined) this.log.info({ file: this.file }, 'file works again');
    this.#said = undefined;
  }
}
