import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
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
/** Pipelines start and stop on threads of Node's pool; some that wait for a sound server must leave enough for the pictures. */
const HOST_THREADS = '16';
const KEPT_STDERR_CHARS = 2_000;

/** One capture host process. Dead or closed, it stays so; the supervisor starts another. */
export class HostProcess {
  /** Undefined where the system refused to make it. */
  readonly #child: ChildProcess | undefined;
  readonly #streamIds: readonly string[];
  #ended = false;
  #killedFor: string | undefined;

  /** Events come later, never from within this call. */
  constructor(options: HostProcessOptions, events: HostEvents) {
    this.#streamIds = options.streamIds;
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#ended = true;
      events.ended(this.#killedFor ?? reason);
    };
    const forked = forkHost(options);
    if (!forked.ok) {
      process.nextTick(() => end(`it cannot be started: ${forked.error}`));
      return;
    }
    this.#child = forked.value;
    this.#follow(forked.value, options, events, end);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The descriptor of a stream's pipe in the host. */
  fdOf(streamId: string): number {
    return FIRST_STREAM_FD + this.#streamIds.indexOf(streamId);
  }

  send(command: HostCommand): void {
    // A host that is just going down cannot be told anything; its end is reported.
    if (!this.#ended && this.#child?.connected) this.#child.send(command, () => undefined);
  }

  /** Ends one that hangs; `ended` is told `reason`. */
  kill(reason: string): void {
    this.#killedFor ??= reason;
    this.#child?.kill('SIGKILL');
  }

  /** Ends it without an event; resolves when it is gone. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#ended = true;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // It holds nothing that is worth a farewell, and a stuck pipeline must not delay the end of the server.
    child.kill('SIGKILL');
    await exited;
  }

  #follow(child: ChildProcess, { streamIds, log }: HostProcessOptions, events: HostEvents, end: (reason: string) => void): void {
    let said = '';
    child.stderr?.on('data', (data) => {
      said = (said + String(data)).slice(-KEPT_STDERR_CHARS);
      log.debug({ text: String(data).trim().slice(0, KEPT_STDERR_CHARS) }, 'the capture host wrote');
    });
    child.on('message', (message) => {
      const report = readHostReport(message);
      if (this.#ended) return;
      if (report.ok) events.report(report.value);
      else log.warn({}, report.error);
    });
    // What could not be started has no pipes at all, whatever the types say.
    const pipes: ChildProcess['stdio'] | undefined = child.stdio;
    for (const [index, id] of streamIds.entries())
      this.#readStream(pipes?.[FIRST_STREAM_FD + index], (data) => events.data(id, data));
    child.on('error', (error) => end(`it cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => end(`it ended by ${signal ?? `code ${code}`}${lastLine(said)}`));
  }

  #readStream(pipe: unknown, take: (data: Buffer) => void): void {
    if (!(pipe instanceof Readable)) return;
    pipe.on('data', (data: Buffer) => {
      if (!this.#ended) take(data);
    });
    // A broken pipe is the host's end, which is reported by its exit.
    pipe.on('error', () => undefined);
  }
}

/** Out of descriptors or memory, the system refuses: some refusals are thrown, others come as an event. */
function forkHost({ display, entry, elements, streamIds }: HostProcessOptions): Result<ChildProcess> {
  const path = entry ?? hostEntry();
  try {
    return ok(
      fork(path, [display, ...elements], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...streamIds.map(() => 'pipe' as const)],
        execArgv: [],
        env: { ...process.env, UV_THREADPOOL_SIZE: HOST_THREADS },
      }),
    );
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
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
