import { ServerProcess, serverEnv } from '../servers/server-process.js';
import type { Desktop } from './desktop.js';
import type { Host } from './host.js';

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
  const server = new ServerProcess({
    env: { ...serverEnv(desktop, `:${HTTP_PORT}`), NEKO_DESKTOP_SCREEN: desktop.screen, ...env },
    spawn: (command, args, options) => host.spawn(command, args, options),
  });
  await server.start();
  return {
    pid: server.pid,
    output: () => server.output,
    async stop() {
      await server.stop();
    },
  };
}
