import type { Socket } from 'node:net';
import { lineOf, throttleKey } from '../../../room/client-place.js';

/**
 * The use of a connection: idle after an answer, without a request yet, a request without or with a valid token, the WebSocket
 * of a session.
 */
export type Use = 'idle' | 'fresh' | 'stranger' | 'member' | 'socket';

/** Uses closed for a new connection of the same network; then uses closed for any, the least valuable first. */
const IDLE: readonly Use[] = ['idle'];
const GIVEN_UP: readonly Use[] = ['idle', 'fresh', 'stranger'];
/** Closed only where the whole server has no others: else one session could hold all connections. */
const LAST_RESORT: readonly Use[] = ['member'];

export interface Held {
  readonly socket: Socket;
  readonly address: string;
  readonly network: Network;
  use: Use;
}

/** Connections that are bounded together: of an IPv4 address, or of an IPv6 network. */
interface Network {
  readonly name: string;
  readonly line: Line;
  size: number;
  /** In each use, the connection that has been in it longest comes first. */
  readonly byUse: Readonly<Record<Use, Set<Held>>>;
}

/** All networks of one subscriber. */
interface Line {
  readonly name: string;
  size: number;
}

/** The open connections, and which of them has to give way to a new one. */
export class HeldConnections {
  readonly #networks = new Map<string, Network>();
  readonly #lines = new Map<string, Line>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many there are in the network of `address`. */
  sizeOfNetwork(address: string): number {
    return this.#networks.get(throttleKey(address))?.size ?? 0;
  }

  add(socket: Socket, address: string): Held {
    const network = this.#networkOf(address);
    const held: Held = { socket, address, network, use: 'fresh' };
    network.byUse.fresh.add(held);
    this.#grow(network, 1);
    return held;
  }

  remove(held: Held): void {
    if (held.network.byUse[held.use].delete(held)) this.#grow(held.network, -1);
  }

  use(held: Held, use: Use): void {
    if (!held.network.byUse[held.use].delete(held)) return;
    held.use = use;
    held.network.byUse[use].add(held);
  }

  /** The longest idle connection of the network of `address`. */
  idleOfNetwork(address: string): Held | undefined {
    return firstOf(this.#networks.get(throttleKey(address)), IDLE);
  }

  /**
   * The connection that gives way to a new one from `address`: of the line with most connections, in its network with most.
   * Undefined where no other line has more than the newcomer, or all its connections are needed.
   */
  sparedFor(address: string): Held | undefined {
    return this.#ofLargest(address, GIVEN_UP) ?? this.#ofLargest(address, LAST_RESORT);
  }

  #ofLargest(address: string, uses: readonly Use[]): Held | undefined {
    const own = this.#networks.get(throttleKey(address));
    const line = this.#lines.get(lineOf(address));
    let largest: Network | undefined;
    let spared: Held | undefined;
    for (const network of this.#networks.values()) {
      const hasMore = network.line === line ? network.size > (own?.size ?? 0) : network.line.size > (line?.size ?? 0);
      if (network !== own && !hasMore) continue;
      if (largest !== undefined && !isLarger(network, largest)) continue;
      const held = firstOf(network, network === own ? IDLE : uses);
      if (held === undefined) continue;
      largest = network;
      spared = held;
    }
    return spared;
  }

  #networkOf(address: string): Network {
    const name = throttleKey(address);
    const known = this.#networks.get(name);
    if (known !== undefined) return known;
    const line = this.#lines.get(lineOf(address)) ?? { name: lineOf(address), size: 0 };
    const byUse = {
      idle: new Set<Held>(),
      fresh: new Set<Held>(),
      stranger: new Set<Held>(),
      member: new Set<Held>(),
      socket: new Set<Held>(),
    };
    const made: Network = { name, line, size: 0, byUse };
    this.#networks.set(name, made);
    this.#lines.set(line.name, line);
    return made;
  }

  #grow(network: Network, by: 1 | -1): void {
    network.size += by;
    network.line.size += by;
    this.#size += by;
    if (network.size === 0) this.#networks.delete(network.name);
    if (network.line.size === 0) this.#lines.delete(network.line.name);
  }
}

function isLarger(one: Network, other: Network): boolean {
  return one.line.size === other.line.size ? one.size > other.size : one.line.size > other.line.size;
}

function firstOf(network: Network | undefined, uses: readonly Use[]): Held | undefined {
  for (const use of uses) for (const held of network?.byUse[use] ?? []) return held;
  return undefined;
}
