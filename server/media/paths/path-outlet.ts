import { allocateArena } from '../../native/arena.js';
import { DATAGRAM_BYTES, type Outlet } from './outlet.js';
import type { UdpPath } from './packet-path.js';

const scratch = allocateArena(DATAGRAM_BYTES);

/** An outlet that hands every datagram over one by one, as a copy that the socket may keep. */
export function pathOutlet(path: UdpPath): Outlet {
  return {
    arena: scratch,
    reserve: () => 0,
    commit: (length) => path.send(Buffer.from(scratch.bytes.subarray(0, length))),
    close: () => {},
  };
}
