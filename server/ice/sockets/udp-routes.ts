import { type Dispose, once } from '../../lib/dispose.js';
import { addressKey } from '../address.js';
import { ICE_LIMITS } from '../limits.js';
import { decodeStun, looksLikeStun, type ReceivedStun } from '../stun/stun.js';
import type { UdpSocket } from './udp-socket.js';

/** A peer as a shared socket sees it. */
export interface UdpRoute {
  /** The first four bytes of every transaction id that the peer makes: its responses are routed by it. */
  readonly token: number;
  onStun(socket: UdpSocket, message: ReceivedStun, address: string, port: number): void;
  onDatagram(socket: UdpSocket, bytes: Buffer, address: string, port: number): void;
  /** The socket is about to close, since its address is gone: its descriptor must not be used any more. */
  onGone(socket: UdpSocket): void;
}

/** Finds the peer that a datagram on a shared socket is for: by ufrag, by transaction id, or by an address that proved itself. */
export class UdpRoutes {
  readonly #byUfrag = new Map<string, UdpRoute>();
  readonly #byToken = new Map<number, UdpRoute>();
  readonly #byAddress = new Map<UdpSocket, Map<string, UdpRoute>>();
  readonly #bound = new Map<UdpRoute, Set<string>>();

  addSocket(socket: UdpSocket): void {
    this.#byAddress.set(socket, new Map());
  }

  removeSocket(socket: UdpSocket): void {
    this.#byAddress.delete(socket);
  }

  /** All peers, for what concerns each of them. */
  all(): readonly UdpRoute[] {
    return [...this.#byToken.values()];
  }

  /** Sends to `route` all that carries its token. */
  register(route: UdpRoute): Dispose {
    this.#byToken.set(route.token, route);
    return once(() => {
      this.#byToken.delete(route.token);
      for (const key of this.#bound.get(route) ?? []) this.#unbind(route, key);
      this.#bound.delete(route);
    });
  }

  registerUfrag(ufrag: string, route: UdpRoute): Dispose {
    this.#byUfrag.set(ufrag, route);
    return once(() => this.#byUfrag.delete(ufrag));
  }

  /** From now on other datagrams from this address go to the route: it is authenticated. */
  bind(socket: UdpSocket, address: string, port: number, route: UdpRoute): void {
    const key = addressKey(address, port);
    const addresses = this.#byAddress.get(socket);
    if (!addresses) return;
    addresses.set(key, route);
    const bound = this.#bound.get(route) ?? new Set();
    // A set keeps the order of insertion: the address heard last stands last.
    bound.delete(key);
    this.#bound.set(route, bound.add(key));
    if (bound.size > ICE_LIMITS.boundAddresses.value) for (const oldest of [...bound].slice(0, 1)) this.#unbind(route, oldest);
  }

  /** Hands a datagram to its peer; returns a request that names no peer, and drops everything else that is nobody's. */
  deliver(socket: UdpSocket, bytes: Buffer, address: string, port: number): ReceivedStun | undefined {
    if (!looksLikeStun(bytes)) {
      this.#byAddress.get(socket)?.get(addressKey(address, port))?.onDatagram(socket, bytes, address, port);
      return undefined;
    }
    const decoded = decodeStun(bytes);
    if (!decoded.ok) return undefined;
    const message = decoded.value;
    const ufrag = message.attributes.username?.split(':')[0];
    if (message.kind !== 'request') {
      this.#byToken.get(message.transactionId.readUInt32BE(0))?.onStun(socket, message, address, port);
      return undefined;
    }
    if (ufrag === undefined) return message;
    this.#byUfrag.get(ufrag)?.onStun(socket, message, address, port);
    return undefined;
  }

  #unbind(route: UdpRoute, key: string): void {
    this.#bound.get(route)?.delete(key);
    for (const addresses of this.#byAddress.values()) if (addresses.get(key) === route) addresses.delete(key);
  }
}
