import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import { readWorkerReport, type WorkerCommand, type WorkerReport } from '../messages.js';

export interface WorkerProcessOptions {
  readonly display: string;
  /** The compiled worker; undefined is the one of this build. */
  readonly entry: string | undefined;
  /** Elements whose existence the worker reports. */
  readonly elements: readonly string[];
  readonly log: Log;
}

export interface WorkerEvents {
  report(report: WorkerReport): void;
  /** It could not be started, or is gone; the last event. */
  ended(reason: string): void;
}

/** Pipelines start and stop on threads of Node's pool; some that wait for a sound server must leave enough for the pictures. */
const WORKER_THREADS = '16';
const KEPT_STDERR_CHARS = 2_000;

/** One GStreamer worker process. Dead or closed, it stays so; the supervisor starts another. */
export class WorkerProcess {
  /** Undefined where the system refused to make it. */
  readonly #child: ChildProcess | undefined;
  /** Ends of pipes that are on their way to it. */
  readonly #leaving = new Set<Socket>();
  #ended = false;

  /** Events come later, never from within this call. */
  constructor(options: WorkerProcessOptions, events: WorkerEvents) {
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#end();
      events.ended(reason);
    };
    const forked = forkWorker(options);
    if (!forked.ok) {
      process.nextTick(() => end(`it cannot be started: ${forked.error}`));
      return;
    }
    this.#child = forked.value;
    this.#follow(forked.value, options.log, events, end);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  send(command: WorkerCommand): void {
    // A worker that is going down takes no commands; its end is reported.
    if (!this.#ended && this.#child?.connected) this.#child.send(command, () => undefined);
  }

  /** Hands over its end of a pipe, which is closed here in any case. */
  sendPipe(pipe: number, end: Socket): void {
    if (this.#ended || !this.#child?.connected) {
      end.destroy();
      return;
    }
    this.#leaving.add(end);
    this.#child.send({ kind: 'pipe', pipe } satisfies WorkerCommand, end, { keepOpen: true }, () => {
      this.#leaving.delete(end);
      end.destroy();
    });
  }

  /** Ends one that hangs. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Ends it without an event; resolves when it is gone. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#end();
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // It holds nothing that is worth a farewell, and a stuck pipeline must not delay the end of the server.
    child.kill('SIGKILL');
    await exited;
  }

  #end(): void {
    this.#ended = true;
    for (const pipe of this.#leaving) pipe.destroy();
    this.#leaving.clear();
  }

  #follow(child: ChildProcess, log: Log, events: WorkerEvents, end: (reason: string) => void): void {
    let said = '';
    child.stderr?.on('data', (data) => {
      said = (said + String(data)).slice(-KEPT_STDERR_CHARS);
      log.debug({ text: String(data).trim().slice(0, KEPT_STDERR_CHARS) }, 'the GStreamer worker wrote');
    });
    child.on('message', (message) => {
      const report = readWorkerReport(message);
      if (this.#ended) return;
      if (report.ok) events.report(report.value);
      else log.warn({}, report.error);
    });
    child.on('error', (error) => end(`it cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => end(`it ended by ${signal ?? `code ${code}`}${lastLine(said)}`));
  }
}

/** Out of descriptors or memory, the system refuses: some refusals are thrown, others come as an event. */
function forkWorker({ display, entry, elements }: WorkerProcessOptions): Result<ChildProcess> {
  const path = entry ?? workerEntry();
  try {
    return ok(
      fork(path, [display, ...elements], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: [],
        env: { ...process.env, UV_THREADPOOL_SIZE: WORKER_THREADS },
      }),
    );
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function workerEntry(): string {
  const entry = fileURLToPath(new URL('../worker/main.js', import.meta.url));
  if (!existsSync(entry)) throw new Error(`the GStreamer worker is not built: ${entry} is missing, run npm run build:server`);
  return entry;
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)?.trim();
  return line ? ` (${line})` : '';
}
