import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the system picks ports for outgoing connections; those would take a port, or one that suites count up to. */
const PORTS = { min: 15_000, max: 31_000 };

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A TCP port of 127.0.0.1 that was free a moment ago, and whose followers no outgoing connection takes. */
export async function freePort() {
  for (;;) {
    const port = randomInt(PORTS.min, PORTS.max);
    if (await isFree(port)) return port;
  }
}
