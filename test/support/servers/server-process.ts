import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../wait-for.js';

export const SERVER_MAIN = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url));
const READY_LIMIT_MS = 40_000;
const STOP_LIMIT_MS = 10_000;
const LAST_WORDS_MS = 1_000;

export interface ServerProcessOptions {
  /** All that it gets beside PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts a program elsewhere, for example on a host of a test network. */
  readonly spawn?: (command: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
}

/** The built server (`npm run build` first) as a process of its own, which can be started again. */
export class ServerProcess {
  /** Everything that it has written, over all its lives. */
  output = '';
  #child: ChildProcess | undefined;
  #gone: Promise<number | null> = Promise.resolve(null);
  #stopping = false;

  constructor(private readonly options: ServerProcessOptions) {}

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The exit code of the present or last life; null while it runs or where a signal ended it. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  /** Resolves when it says that it is ready, which it does once it listens on all its addresses. */
  async start(): Promise<void> {
    this.#stopping = false;
    const from = this.output.length;
    const child = (this.options.spawn ?? spawn)(process.execPath, [SERVER_MAIN, 'serve'], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...this.options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#listen(child);
    try {
      await waitFor('the server to be ready', () => this.#over(child) || this.output.includes('is ready:', from), READY_LIMIT_MS);
      if (this.#over(child)) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
    } catch (error) {
      await this.stop('SIGKILL');
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${this.output}`);
    }
  }

  /** Resolves with its exit code once it is gone. One that does not end is killed after a while. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || this.#over(child)) return this.#gone;
    this.#stopping = true;
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    return this.#gone.finally(() => clearTimeout(limit));
  }

  #over({ exitCode, signalCode }: ChildProcess): boolean {
    return exitCode !== null || signalCode !== null;
  }

  #listen(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.output += data.toString();
      });
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    // `close` comes after the last word, unless a process that it left behind keeps its output open.
    this.#gone = new Promise((resolve) => {
      child.once('close', (code) => resolve(code));
      child.once('exit', (code) => setTimeout(resolve, LAST_WORDS_MS, code).unref());
    });
    child.once('exit', (code, signal) => {
      process.off('exit', orphan);
      if (!this.#stopping) process.stderr.write(`the server ended by itself (${code ?? signal}):\n${this.output.slice(-4000)}\n`);
    });
  }
}

/** Whether the server at `url` would show a viewer who comes now a picture. */
export function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

export interface ServerDesktop {
  readonly display: string;
  readonly pulseServer: string;
}

export const PASSWORDS = { admin: 'admin-secret', user: 'user-secret' } as const;

/** What a server needs to serve this desktop on `bind` (`host:port`) to those who know PASSWORDS, asking nobody outside. */
export function serverEnv({ display, pulseServer }: ServerDesktop, bind: string): Readonly<Record<string, string>> {
  return {
    NEKO_DESKTOP_DISPLAY: display,
    PULSE_SERVER: pulseServer,
    NEKO_SERVER_BIND: bind,
    NEKO_MEMBER_MULTIUSER_USER_PASSWORD: PASSWORDS.user,
    NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: PASSWORDS.admin,
    NEKO_WEBRTC_IP_RETRIEVAL_URL: '',
  };
}
