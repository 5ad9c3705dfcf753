import { allocateArena } from '../native/arena.js';
import { DATAGRAM_BYTES, type Outlet } from './outlet.js';
import type { PacketPath, StreamPath } from './packet-path.js';

/** More than this waiting in a TCP connection is latency and nothing else: 64 kB are 200 ms at 2.5 Mbit/s. */
export const STREAM_QUEUE_BYTES = 65_536;

const scratch = allocateArena(DATAGRAM_BYTES);

/** An outlet that hands every datagram over one by one, as a copy that the path may keep. */
export function pathOutlet(path: PacketPath): Outlet {
  const take = path.kind === 'udp' ? datagramTaker(path) : streamTaker(path);
  return {
    arena: scratch,
    reserve: () => (take.ready() ? 0 : -1),
    commit: (length) => take.packet(Buffer.from(scratch.bytes.subarray(0, length))),
    close: () => {},
  };
}

interface Taker {
  ready(): boolean;
  packet(packet: Buffer): void;
}

function datagramTaker(path: PacketPath): Taker {
  return { ready: () => true, packet: (packet) => void path.send(packet) };
}

/** A packet that was sealed has its number, so one that a full connection did not take is kept and goes first. */
function streamTaker(path: StreamPath): Taker {
  let parked: Buffer | undefined;
  return {
    ready() {
      if (path.queuedBytes > STREAM_QUEUE_BYTES) return false;
      if (parked && path.send(parked)) parked = undefined;
      return parked === undefined;
    },
    packet(packet) {
      if (!path.send(packet)) parked = packet;
    },
  };
}
