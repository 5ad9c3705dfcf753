import { fileURLToPath } from 'node:url';
import { PASSWORDS } from '../product.js';
import { waitFor } from '../wait-for.js';
import type { Desktop } from './desktop.js';
import type { Host } from './host.js';

const MAIN = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url));

export interface NetServer {
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

/** The TCP port of pages and signalling in all labs. */
export const HTTP_PORT = 8080;

/** Starts the built server on a host of the lab, on a desktop outside; resolves when it listens on all its addresses. */
export async function startNetServer(host: Host, desktop: Desktop, env: Readonly<Record<string, string>>): Promise<NetServer> {
  const child = host.spawn(process.execPath, [MAIN, 'serve'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '/',
      NEKO_DESKTOP_DISPLAY: desktop.display,
      NEKO_DESKTOP_SCREEN: desktop.screen,
      PULSE_SERVER: desktop.pulseServer,
      NEKO_SERVER_BIND: `:${HTTP_PORT}`,
      NEKO_MEMBER_MULTIUSER_USER_PASSWORD: PASSWORDS.user,
      NEKO_MEMBER_MULTIUSER_ADMIN_PASSWORD: PASSWORDS.admin,
      NEKO_WEBRTC_IP_RETRIEVAL_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (data: Buffer) => {
    output += data.toString();
  };
  child.stdout!.on('data', collect);
  child.stderr!.on('data', collect);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitFor(
    'the server to say that it is ready',
    () => output.includes('is ready:') || child.exitCode !== null,
    30_000,
  ).catch((error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}; it said:\n${output}`);
  });
  if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}; it said:\n${output}`);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
