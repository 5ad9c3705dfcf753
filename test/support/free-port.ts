import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the system picks ports for outgoing connections, which would take a port before it is used. */
const PORTS = { min: 15_000, max: 31_000 };

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.min, PORTS.max);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
