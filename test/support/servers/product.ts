import { freePort } from '../free-port.mjs';
import { waitFor } from '../wait-for.js';
import { startXServer } from '../x/x-server.js';
import { startPulseAudio } from './pulse.js';
import { isHealthy, PASSWORDS, ServerProcess, serverEnv } from './server-process.js';

const HEALTHY_LIMIT_MS = 30_000;

export { PASSWORDS } from './server-process.js';

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
  const url = `http://127.0.0.1:${port}`;
  const desktop = { display: x.display, pulseServer: pulse.server };
  const server = new ServerProcess({ env: { ...serverEnv(desktop, `127.0.0.1:${port}`), ...env } });
  const start = async () => {
    await server.start();
    await waitFor('a healthy server', () => isHealthy(url), HEALTHY_LIMIT_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${server.output}`);
    });
  };
  await start();
  return {
    url,
    display: x.display,
    pulseServer: pulse.server,
    displayPid: () => x.pid,
    pulsePid: pulse.pid,
    output: () => server.output,
    pid: () => server.pid,
    stopServer: (signal) => server.stop(signal),
    startServer: start,
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
