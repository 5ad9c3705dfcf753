import { loadSendmmsg, type MakeBatch } from '../native/sendmmsg.js';
import type { BatchName } from './media-engine.js';
import type { Outlet } from './outlet.js';
import type { PacketPath } from './packet-path.js';
import { pathOutlet } from './path-outlet.js';
import { UdpBatches } from './udp-batches.js';

/** All ways out of the process. */
export interface Departures {
  readonly name: BatchName;
  /** Why batches are not used; undefined when they are. */
  readonly reason: string | undefined;
  open(path: PacketPath): Outlet;
  /** Everything committed so far leaves now. */
  flush(): void;
  /** Tries the sockets that were full. */
  retry(): void;
}

/** Batches where `sendmmsg` can be called, else the paths' own `send`. */
export function selectDepartures(): Departures {
  const sendmmsg = loadSendmmsg();
  return sendmmsg.ok ? batchDepartures(sendmmsg.value) : plainDepartures(sendmmsg.error);
}

export function batchDepartures(makeBatch: MakeBatch): Departures {
  const batches = new UdpBatches(makeBatch);
  return {
    name: 'sendmmsg',
    reason: undefined,
    open: (path) => (path.kind === 'udp' ? batches.open(path) : undefined) ?? pathOutlet(path),
    flush: () => batches.flush(),
    retry: () => void batches.retry(),
  };
}

export function plainDepartures(reason: string): Departures {
  return { name: 'dgram', reason, open: pathOutlet, flush: () => {}, retry: () => {} };
}
