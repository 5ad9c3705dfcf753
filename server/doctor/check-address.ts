import { createConnection } from 'node:net';
import { connectTurn } from '../ice/turn/turn-transport.js';
import type { Clock } from '../lib/clock.js';
import { askBinding } from './check-server.js';
import { FAILED, type PathOutcome } from './diagnosis/path.js';

/** Whether our UDP mux port answers a binding request sent to this address. */
export async function checkUdp(address: string, port: number, clock: Clock, limitMs: number): Promise<PathOutcome> {
  const at = { address, port };
  const opened = await connectTurn({ at, transport: 'udp', name: address, username: '', credential: '', ca: undefined });
  if (!opened.ok) return FAILED;
  const startMs = clock.nowMs();
  const answered = await askBinding(opened.value, clock, limitMs);
  opened.value.close();
  return answered ? { kind: 'works', rttMs: clock.nowMs() - startMs } : FAILED;
}

/** Whether a TCP connection to this address is taken. */
export function checkTcp(address: string, port: number, clock: Clock, limitMs: number): Promise<PathOutcome> {
  const startMs = clock.nowMs();
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port });
    const finish = (outcome: PathOutcome) => {
      cancel();
      socket.destroy();
      resolve(outcome);
    };
    const cancel = clock.after(limitMs, () => finish(FAILED));
    socket.once('connect', () => finish({ kind: 'works', rttMs: clock.nowMs() - startMs }));
    socket.on('error', () => finish(FAILED));
  });
}
