import { HTTP_LIMITS } from '../../limits.js';
import { LogLimiter } from '../../log-limiter.js';
import type { Services } from '../../services.js';
import { ConnectionGate } from './connection-gate.js';
import { connectionsInAll } from './open-files.js';

const SAID_EVERY_MS = 60_000;

/** The gate for all connections of the server, with its bounds; it logs, at intervals, which addresses are refused. */
export function openGate({ trusts, log }: Pick<Services, 'trusts' | 'log'>): ConnectionGate {
  const ofAddress = new LogLimiter(1, SAID_EVERY_MS);
  const inAll = new LogLimiter(1, SAID_EVERY_MS);
  return new ConnectionGate({
    perAddress: HTTP_LIMITS.connectionsOfAddress.value,
    inAll: connectionsInAll(),
    trusts,
    refused(address) {
      const heldBack = ofAddress.pass(performance.now());
      if (heldBack === null) return;
      log.warn({ address, heldBack }, 'too many connections of one address; if it is a proxy, name it in server.trusted_proxies');
    },
    full(address, spared) {
      const heldBack = inAll.pass(performance.now());
      if (heldBack === null) return;
      if (spared === null) log.error({ address, heldBack }, 'all connections are in use, a new one is closed');
      else log.warn({ address: spared, heldBack }, 'all connections are in use, one of the address that has most is closed');
    },
  });
}
