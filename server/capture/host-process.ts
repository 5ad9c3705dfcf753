import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Log } from '../lib/log.js';
import { type HostCommand, type HostReport, readHostReport } from './messages.js';

export interface HostProcessOptions {
  readonly display: string;
  /** The compiled host; undefined is the one beside this file. */
  readonly entry: string | undefined;
  /** Elements whose existence the host reports. */
  readonly elements: readonly string[];
  /** One pipe each, in this order. */
  readonly streamIds: readonly string[];
  readonly log: Log;
}

export interface HostEvents {
  report(report: HostReport): void;
  data(streamId: string, data: Buffer): void;
  /** It could not be started, or is gone; the last event. */
  ended(reason: string): void;
}

/** Descriptors 0 to 2 are the usual ones, 3 is the channel for messages. */
const FIRST_STREAM_FD = 4;
const KEPT_STDERR_CHARS = 2_000;

/** One capture host process. Dead or closed, it stays so; the supervisor starts another. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #streamIds: readonly string[];
  #ended = false;

  constructor({ display, entry, elements, streamIds, log }: HostProcessOptions, events: HostEvents) {
    this.#streamIds = streamIds;
    this.#child = fork(entry ?? hostEntry(), [display, ...elements], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...streamIds.map(() => 'pipe' as const)],
      execArgv: [],
    });
    let said = '';
    this.#child.stderr?.on('data', (data) => {
      said = (said + String(data)).slice(-KEPT_STDERR_CHARS);
      log.debug({ text: String(data).trim().slice(0, KEPT_STDERR_CHARS) }, 'the capture host wrote');
    });
    this.#child.on('message', (message) => {
      const report = readHostReport(message);
      if (this.#ended) return;
      if (report.ok) events.report(report.value);
      else log.warn({}, report.error);
    });
    for (const [index, id] of streamIds.entries()) this.#readStream(index, (data) => events.data(id, data));
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#ended = true;
      events.ended(reason);
    };
    this.#child.once('error', (error) => end(`it cannot be started: ${error.message}`));
    this.#child.once('exit', (code, signal) => end(`it ended by ${signal ?? `code ${code}`}${lastLine(said)}`));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The descriptor of a stream's pipe in the host. */
  fdOf(streamId: string): number {
    return FIRST_STREAM_FD + this.#streamIds.indexOf(streamId);
  }

  send(command: HostCommand): void {
    // A host that is just going down cannot be told anything; its end is reported.
    if (!this.#ended && this.#child.connected) this.#child.send(command, () => undefined);
  }

  /** Ends it without an event; resolves when it is gone. */
  async close(): Promise<void> {
    const gone = this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
    this.#ended = true;
    if (gone) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    // It holds nothing that is worth a farewell, and a stuck pipeline must not delay the end of the server.
    this.#child.kill('SIGKILL');
    await exited;
  }

  #readStream(index: number, take: (data: Buffer) => void): void {
    const pipe = this.#child.stdio[FIRST_STREAM_FD + index];
    if (!(pipe instanceof Readable)) return;
    pipe.on('data', (data: Buffer) => {
      if (!this.#ended) take(data);
    });
    // A broken pipe is the host's end, which is reported by its exit.
    pipe.on('error', () => undefined);
  }
}

function hostEntry(): string {
  const entry = fileURLToPath(new URL('./host/main.js', import.meta.url));
  if (!existsSync(entry)) throw new Error(`the capture host is not built: ${entry} is missing, run npm run build:server`);
  return entry;
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)?.trim();
  return line ? ` (${line})` : '';
}
