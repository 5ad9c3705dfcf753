import { loadSendmmsg, type MakeBatch } from '../../native/sendmmsg.js';
import type { BatchName } from '../media-engine.js';
import type { Outlet } from './outlet.js';
import type { PacketPath } from './packet-path.js';
import { pathOutlet } from './path-outlet.js';
import { StreamBatches } from './stream-batches.js';
import { UdpBatches } from './udp-batches.js';

/** All ways out of the process. */
export interface Departures {
  readonly name: BatchName;
  /** Why batches are not used; undefined when they are. */
  readonly reason: string | undefined;
  open(path: PacketPath): Outlet;
  /** Everything committed so far leaves now. Returns whether something waits because a path was full. */
  flush(): boolean;
  /** Tries the paths that were full. */
  retry(): void;
}

/** Batches where `sendmmsg` can be called, else the paths' own `send`. */
export function selectDepartures(): Departures {
  const sendmmsg = loadSendmmsg();
  return sendmmsg.ok ? batchDepartures(sendmmsg.value) : plainDepartures(sendmmsg.error);
}

export function batchDepartures(makeBatch: MakeBatch): Departures {
  const datagrams = new UdpBatches(makeBatch);
  const streams = new StreamBatches();
  return {
    name: 'sendmmsg',
    reason: undefined,
    open: (path) => (path.kind === 'stream' ? streams.open(path) : (datagrams.open(path) ?? pathOutlet(path))),
    flush() {
      const full = datagrams.flush();
      return streams.flush() || full;
    },
    retry() {
      datagrams.retry();
      streams.retry();
    },
  };
}

export function plainDepartures(reason: string): Departures {
  const streams = new StreamBatches();
  return {
    name: 'dgram',
    reason,
    open: (path) => (path.kind === 'stream' ? streams.open(path) : pathOutlet(path)),
    flush: () => streams.flush(),
    retry: () => streams.retry(),
  };
}
