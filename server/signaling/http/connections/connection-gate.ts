import type { Socket } from 'node:net';
import { HTTP_LIMITS } from '../../limits.js';
import type { Trusts } from '../access/client-address.js';
import { type Held, HeldConnections } from './held-connections.js';

export interface GateOptions {
  readonly perAddress: number;
  readonly inAll: number;
  /** Addresses of proxies, which stand for many clients. */
  readonly trusts: Trusts;
  /** Called for every connection that is refused because of its address. */
  refused(address: string): void;
  /** All connections are in use: one from the address `spared` is closed to make room, or with null the new one. */
  full(address: string, spared: string | null): void;
}

interface Connection {
  readonly held: Held;
  /** Requests that wait for their answers; a WebSocket is one that is never answered. */
  waiting: number;
}

/** Bounds the TCP connections of each address and in all, and the requests that wait on each. */
export class ConnectionGate {
  readonly #byEnd = new Map<string, Connection>();
  readonly #all = new HeldConnections();

  constructor(private readonly options: GateOptions) {}

  get size(): number {
    return this.#byEnd.size;
  }

  /** Counts a new connection until it closes. Closes one too many, and returns false. */
  admit(socket: Socket): boolean {
    const { remoteAddress: address } = socket;
    const end = endOf(socket);
    if (address === undefined || this.#byEnd.has(end)) return address !== undefined;
    if (!this.#makeRoom(address)) {
      socket.destroy();
      return false;
    }
    const connection = { held: this.#all.add(socket, address), waiting: 0 };
    this.#byEnd.set(end, connection);
    socket.once('close', () => {
      if (this.#byEnd.get(end) === connection) this.#remove(end);
    });
    return true;
  }

  /** Stops counting a connection that turned out not to be HTTP. */
  release(socket: Socket): void {
    this.#remove(endOf(socket));
  }

  /** A request came in on `socket`, which may be the TLS side of a connection; false when too many are waiting on it. */
  requested(socket: Socket): boolean {
    const connection = this.#byEnd.get(endOf(socket));
    if (connection === undefined) return true;
    connection.waiting += 1;
    if (connection.waiting === 1) this.#all.use(connection.held, 'stranger');
    return connection.waiting <= HTTP_LIMITS.unanswered.value;
  }

  /** The request on `socket` is of a session. */
  signedIn(socket: Socket, use: 'member' | 'socket'): void {
    const connection = this.#byEnd.get(endOf(socket));
    if (connection !== undefined && connection.held.use !== use) this.#all.use(connection.held, use);
  }

  /** Ends a connection at once, together with what waits in the system for its client. */
  cut(socket: Socket): void {
    const connection = this.#byEnd.get(endOf(socket));
    connection?.held.socket.resetAndDestroy();
    // destroy() alone would wait for pending writes, and leave the TLS layer open.
    socket.destroy();
    connection?.held.socket.destroy();
  }

  answered(socket: Socket): void {
    const connection = this.#byEnd.get(endOf(socket));
    if (connection === undefined) return;
    connection.waiting -= 1;
    if (connection.waiting === 0) this.#all.use(connection.held, 'idle');
  }

  /** Browsers keep idle connections after the page has loaded; these give way to a new one. */
  #makeRoom(address: string): boolean {
    const { perAddress, inAll, trusts, refused, full } = this.options;
    if (this.#all.sizeOfNetwork(address) >= perAddress && !trusts(address)) {
      if (this.#giveUp(this.#all.idleOfNetwork(address))) return true;
      refused(address);
      return false;
    }
    if (this.#all.size < inAll) return true;
    const spared = this.#all.sparedFor(address);
    full(address, spared?.address ?? null);
    return this.#giveUp(spared);
  }

  #giveUp(held: Held | undefined): boolean {
    if (held === undefined) return false;
    this.#remove(endOf(held.socket));
    held.socket.destroy();
    return true;
  }

  #remove(end: string): void {
    const connection = this.#byEnd.get(end);
    if (connection === undefined) return;
    this.#byEnd.delete(end);
    this.#all.remove(connection.held);
  }
}

/** The client's end, by which both the TCP and the TLS side of a connection are known. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
