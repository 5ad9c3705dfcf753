import { type Dispose, once } from '../../lib/dispose.js';
import { networkOf } from '../address.js';
import { ICE_LIMITS } from '../limits.js';

/** Unauthenticated connections, bounded so that no client can fill the port for others. Pure. */
export interface HalfOpenConnections {
  /**
   * Adds a connection from this address; the oldest is closed where there are too many. Call the returned release once it is
   * authenticated or gone.
   */
  add(address: string, close: () => void): Dispose;
}

/** A browser opens a few per page; several share an address behind a NAT or proxy; each is authenticated within two round trips. */
export const MAX_HALF_OPEN_PER_ADDRESS = ICE_LIMITS.halfOpenPerAddress.value;
export const MAX_HALF_OPEN = ICE_LIMITS.halfOpen.value;

interface Connection {
  readonly network: string;
  readonly close: () => void;
}

/** The oldest makes room instead of the newest being refused: behind a proxy a silent machine shares its address with others. */
export function halfOpenConnections(
  perAddress: number = MAX_HALF_OPEN_PER_ADDRESS,
  inAll: number = MAX_HALF_OPEN,
): HalfOpenConnections {
  // Sets keep the order of insertion, so the oldest is in front.
  const all = new Set<Connection>();
  const byNetwork = new Map<string, Set<Connection>>();
  const remove = (connection: Connection) => {
    all.delete(connection);
    const others = byNetwork.get(connection.network);
    others?.delete(connection);
    if (others?.size === 0) byNetwork.delete(connection.network);
  };
  const makeRoom = (connections: ReadonlySet<Connection> | undefined, limit: number) => {
    if (!connections || connections.size < limit) return;
    const [oldest] = connections;
    if (!oldest) return;
    remove(oldest);
    oldest.close();
  };
  return {
    add(address, close) {
      const network = networkOf(address);
      makeRoom(byNetwork.get(network), perAddress);
      makeRoom(all, inAll);
      const connection = { network, close };
      all.add(connection);
      const others = byNetwork.get(network) ?? new Set();
      byNetwork.set(network, others.add(connection));
      return once(() => remove(connection));
    },
  };
}
