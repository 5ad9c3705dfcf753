import { type Dispose, once } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import { addressKey } from '../address.js';
import type { NoPort } from './no-port.js';
import { PortUse, type PortUser } from './port-use.js';
import { type UdpRoute, UdpRoutes } from './udp-routes.js';
import { type BindError, openUdpSocket, type UdpSocket } from './udp-socket.js';

/** A peer's part in a socket, which closes when the last peer has released its own. */
export interface UdpLease {
  readonly socket: UdpSocket;
  readonly release: Dispose;
}

export interface UdpRangeOptions {
  readonly minPort: number;
  readonly maxPort: number;
  readonly log: Log;
  /** Gives 0 <= x < 1. */
  readonly random?: () => number;
}

const BUFFER_BYTES = 1024 * 1024;

/**
 * Hands out sockets on the ports of webrtc.epr, one per peer and local address: of its own while a port is free, then one that
 * other peers have already, told apart as on a UDP mux.
 */
export class UdpRange {
  readonly #options: UdpRangeOptions;
  readonly #routes = new UdpRoutes();
  /** By local address. */
  readonly #uses = new Map<string, PortUse>();
  /** By local address and port; sockets that are being opened count, so that joins at once do not collide. */
  readonly #sockets = new Map<string, Promise<Result<UdpSocket, BindError>>>();
  readonly #sharing = new Set<string>();

  constructor(options: UdpRangeOptions) {
    this.#options = options;
  }

  register(route: UdpRoute): Dispose {
    return this.#routes.register(route);
  }

  registerUfrag(ufrag: string, route: UdpRoute): Dispose {
    return this.#routes.registerUfrag(ufrag, route);
  }

  bind(socket: UdpSocket, address: string, port: number, route: UdpRoute): void {
    this.#routes.bind(socket, address, port, route);
  }

  /** The first free port after a random one, else one to share; an error says that other programs hold all, or another reason. */
  async open(address: string, user: PortUser): Promise<Result<UdpLease, NoPort>> {
    const { minPort, maxPort, random = Math.random } = this.#options;
    const use = this.#uses.get(address) ?? new PortUse(minPort, maxPort);
    this.#uses.set(address, use);
    const start = minPort + Math.floor(random() * (maxPort - minPort + 1));
    const refused = new Set<number>();
    for (;;) {
      const own = use.take(start, user, refused);
      const port = own ?? use.share(user, refused);
      if (port === undefined) break;
      const opened = await this.#socketOn(address, port);
      if (opened.ok) {
        if (own === undefined) this.#noteSharing(address);
        const socket = opened.value;
        return ok({ socket, release: once(() => this.#leave(use, socket, user)) });
      }
      if (use.leave(port, user)) this.#sockets.delete(addressKey(address, port));
      if (opened.error.code !== 'EADDRINUSE' && opened.error.code !== 'EACCES') {
        return err({ isTaken: false, message: opened.error.message });
      }
      refused.add(port);
    }
    const message = `no UDP port on ${address}: other programs hold all of ${minPort}-${maxPort} (NEKO_WEBRTC_EPR)`;
    return err({ isTaken: true, message });
  }

  #socketOn(address: string, port: number): Promise<Result<UdpSocket, BindError>> {
    const key = addressKey(address, port);
    const socket = this.#sockets.get(key) ?? this.#bindSocket(address, port);
    this.#sockets.set(key, socket);
    return socket;
  }

  async #bindSocket(address: string, port: number): Promise<Result<UdpSocket, BindError>> {
    let socket: UdpSocket | undefined;
    const opened = await openUdpSocket({
      address,
      port,
      bufferBytes: BUFFER_BYTES,
      onDatagram: (bytes, from, fromPort) => {
        if (socket) this.#routes.deliver(socket, bytes, from, fromPort);
      },
    });
    if (!opened.ok) return opened;
    socket = opened.value;
    this.#routes.addSocket(socket);
    return opened;
  }

  #leave(use: PortUse, socket: UdpSocket, user: PortUser): void {
    if (!use.leave(socket.port, user)) return;
    this.#sockets.delete(addressKey(socket.address, socket.port));
    this.#routes.removeSocket(socket);
    // The port is free once the call returns; only its event comes a turn of the event loop later.
    void socket.close();
  }

  #noteSharing(address: string): void {
    if (this.#sharing.has(address)) return;
    this.#sharing.add(address);
    const { minPort, maxPort, log } = this.#options;
    log.info({ address, ports: `${minPort}-${maxPort}` }, 'every UDP port of NEKO_WEBRTC_EPR is in use: viewers share them');
  }
}
