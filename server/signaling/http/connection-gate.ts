import type { Socket } from 'node:net';
import { type Trusts, throttleKey } from '../client-address.js';
import { HTTP_LIMITS } from '../limits.js';

export interface GateOptions {
  readonly perAddress: number;
  readonly inAll: number;
  /** Proxies, behind which everybody may be. */
  readonly trusts: Trusts;
  /** Is told of every connection that is turned away because of its address. */
  refused(address: string): void;
}

interface Connection {
  readonly socket: Socket;
  readonly network: string;
  /** Requests that wait for their answers; a WebSocket is one that is never answered. */
  waiting: number;
  /** It has had an answer, so that it is idle while none is waiting. */
  served: boolean;
}

/** Who may connect: bounds the TCP connections of each address and in all, and the requests that wait on each. */
export class ConnectionGate {
  readonly #byEnd = new Map<string, Connection>();
  readonly #byNetwork = new Map<string, Set<Connection>>();

  constructor(private readonly options: GateOptions) {}

  get size(): number {
    return this.#byEnd.size;
  }

  /** Counts a new connection until it closes. One too many is closed, and the answer is false. */
  admit(socket: Socket): boolean {
    const { remoteAddress: address } = socket;
    const end = endOf(socket);
    if (address === undefined || this.#byEnd.has(end)) return address !== undefined;
    const network = throttleKey(address);
    const others = this.#byNetwork.get(network);
    const tooMany = others !== undefined && others.size >= this.options.perAddress && !this.options.trusts(address);
    if ((tooMany && !this.#makeRoom(others)) || this.#byEnd.size >= this.options.inAll) {
      if (tooMany) this.options.refused(address);
      socket.destroy();
      return false;
    }
    this.#add(end, { socket, network, waiting: 0, served: false });
    return true;
  }

  /** Stops counting a connection that has become none of HTTP. */
  release(socket: Socket): void {
    this.#remove(endOf(socket));
  }

  /** A request came in on `socket`, which may be the TLS side of a connection; false when too many are waiting on it. */
  requested(socket: Socket): boolean {
    const connection = this.#byEnd.get(endOf(socket));
    if (connection === undefined) return true;
    connection.waiting += 1;
    return connection.waiting <= HTTP_LIMITS.unanswered.value;
  }

  /** Ends a connection at once, together with what waits in the system for its client. */
  cut(socket: Socket): void {
    const connection = this.#byEnd.get(endOf(socket));
    connection?.socket.resetAndDestroy();
    // By itself that waits for what is being written, and knows nothing of TLS above it.
    socket.destroy();
    connection?.socket.destroy();
  }

  answered(socket: Socket): void {
    const connection = this.#byEnd.get(endOf(socket));
    if (connection === undefined) return;
    connection.waiting -= 1;
    connection.served = true;
  }

  #add(end: string, connection: Connection): void {
    this.#byEnd.set(end, connection);
    const others = this.#byNetwork.get(connection.network);
    if (others === undefined) this.#byNetwork.set(connection.network, new Set([connection]));
    else others.add(connection);
    connection.socket.once('close', () => {
      if (this.#byEnd.get(end) === connection) this.#remove(end);
    });
  }

  #remove(end: string): void {
    const connection = this.#byEnd.get(end);
    if (connection === undefined) return;
    this.#byEnd.delete(end);
    const others = this.#byNetwork.get(connection.network);
    others?.delete(connection);
    if (others?.size === 0) this.#byNetwork.delete(connection.network);
  }

  /** Browsers keep a few connections after the page has come; those are worth less than a newcomer. */
  #makeRoom(others: ReadonlySet<Connection>): boolean {
    for (const connection of others) {
      if (!connection.served || connection.waiting > 0) continue;
      this.#remove(endOf(connection.socket));
      connection.socket.destroy();
      return true;
    }
    return false;
  }
}

/** The client's end, by which both the TCP and the TLS side of a connection are known. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
