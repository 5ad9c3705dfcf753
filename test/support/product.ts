import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';
import { type PulseAudio, startPulseAudio } from './pulse.js';
import { waitFor } from './wait-for.js';
import { startXServer } from './x-server.js';

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));

export const PASSWORDS = { admin: 'admin-secret', user: 'user-secret' } as const;

export interface Product {
  readonly url: string;
  readonly display: string;
  readonly pulseServer: string;
  /** The processes of the present X server and sound server. */
  displayPid(): number;
  readonly pulsePid: number;
  /** Everything the server has written so far. */
  output(): string;
  pid(): number;
  stopServer(signal?: NodeJS.Signals): Promise<number | null>;
  startServer(): Promise<void>;
  /** Kills the X server and starts it anew on the same display; whatever ran on it is gone. */
  restartDisplay(): Promise<void>;
  /** Logs in and returns the token and the session's id. */
  login(role: 'admin' | 'user', username: string): Promise<{ readonly token: string; readonly id: string }>;
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly firstDisplay?: number;
  /** Default: a free one. */
  readonly port?: number;
}

/** Starts the built server (`npm run build` first) on a private X server and PulseAudio; resolves when it is healthy. */
export async function startProduct({ env = {}, firstDisplay = 60, ...options }: ProductOptions = {}): Promise<Product> {
  let x = await startXServer({ first: firstDisplay });
  const pulse = await startPulseAudio();
  const port = options.port ?? (await freePort());
  const server = new Server(x.display, pulse, port, env);
  await server.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    display: x.display,
    pulseServer: pulse.server,
    displayPid: () => x.pid,
    pulsePid: pulse.pid,
    output: () => server.output,
    pid: () => server.pid,
    stopServer: (signal) => server.stop(signal),
    startServer: () => server.start(),
    async restartDisplay() {
      await x.kill();
      x = await startXServer({ exactly: Number(x.display.slice(1)) });
    },
    async login(role, username) {
      const response = await fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: PASSWORDS[role] }),
      });
      if (!response.ok) throw new Error(`login: ${response.status} ${await response.text()}`);
      return (await response.json()) as { token: string; id: string };
    },
    async stop() {
      await server.stop();
      await pulse.stop();
      await x.stop();
    },
  };
}

class Server {
  output = '';
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(
    private readonly display: string,
    private readonly pulse: PulseAudio,
    private readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.#stopping = false;
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '/',
        NEKO_DESKTOP_DISPLAY: this.display,
        PULSE_SERVER: this.pulse.server,
        NEKO_SERVER_BIND: `127.0.0.1:${this.port}`,
        NEKO_MEMBER_MULTIUSER_USER_PASSWORD: PASSWORDS.user,
        NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: PASSWORDS.admin,
        NEKO_WEBRTC_IP_RETRIEVAL_URL: '',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const collect = (data: Buffer) => {
      this.output += data.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    child.once('exit', (code, signal) => {
      process.off('exit', orphan);
      if (!this.#stopping) process.stderr.write(`the server ended by itself (${code ?? signal}):\n${this.output.slice(-4000)}\n`);
    });
    await waitFor(
      'a healthy server',
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.output}`);
        return fetch(`http://127.0.0.1:${this.port}/health`).then(
          (response) => response.ok,
          () => false,
        );
      },
      30_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output}`);
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    this.#stopping = true;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }
}
