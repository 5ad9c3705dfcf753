import { bindReason } from '../../lib/bind-reason.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import { ICE_LIMITS } from '../limits.js';
import { answerPlainBinding } from '../stun/plain-stun.js';
import { rateLimit } from '../stun/rate-limit.js';
import { type UdpRoute, UdpRoutes } from './udp-routes.js';
import { openUdpSocket, type UdpSocket } from './udp-socket.js';

/** One UDP port for all peers, bound on each local address apart, so that answers leave from the right address. */
export interface UdpMux {
  readonly port: number;
  sockets(): readonly UdpSocket[];
  /** Binds addresses that are new and closes the sockets of those that are gone. Errors are for the log only. */
  follow(addresses: readonly string[]): Promise<void>;
  /** Sends to `route` all that carries its token or its ufrags. */
  register(route: UdpRoute): Dispose;
  registerUfrag(ufrag: string, route: UdpRoute): Dispose;
  /** From now on other datagrams from this address go to the route: it is authenticated. */
  bind(socket: UdpSocket, address: string, port: number, route: UdpRoute): void;
  close(): Promise<void>;
}

export interface UdpMuxOptions {
  /** 0: one free port for all addresses (tests). */
  readonly port: number;
  readonly addresses: readonly string[];
  readonly answerPlainStun: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const BUFFER_BYTES = 8 * 1024 * 1024;
/** Plain binding requests: a browser sends a handful per candidate and page. */
const PLAIN_BURST = 20;

/** Fails if no address can be bound, or one of them is taken; one that is not there yet (IPv6 still tentative) is left for later. */
export async function openUdpMux(options: UdpMuxOptions): Promise<Result<UdpMux>> {
  const mux = new Mux(options);
  const failures = await mux.bindNew(options.addresses);
  const fatal = failures.find(({ code }) => code !== 'EADDRNOTAVAIL');
  if (!fatal && mux.sockets().length > 0) return ok(mux);
  await mux.close();
  const failure = fatal ?? failures[0];
  const reason = failure === undefined ? 'no local address to bind' : bindReason(failure);
  return err(`cannot open the UDP port ${options.port} (NEKO_WEBRTC_UDPMUX): ${reason}`);
}

class Mux implements UdpMux {
  port: number;
  readonly #options: UdpMuxOptions;
  readonly #sockets = new Map<string, UdpSocket>();
  readonly #routes = new UdpRoutes();
  readonly #plain = rateLimit(ICE_LIMITS.plainStunPerAddress.value, PLAIN_BURST, ICE_LIMITS.plainStun.value);
  readonly #binding = new Set<string>();
  readonly #warned = new Set<string>();
  #closed = false;

  constructor(options: UdpMuxOptions) {
    this.#options = options;
    this.port = options.port;
  }

  sockets(): readonly UdpSocket[] {
    return [...this.#sockets.values()];
  }

  async bindNew(addresses: readonly string[]): Promise<{ code: string; message: string }[]> {
    const failures: { code: string; message: string }[] = [];
    for (const address of addresses) {
      if (this.#closed || this.#sockets.has(address) || this.#binding.has(address)) continue;
      this.#binding.add(address);
      let socket: UdpSocket | undefined;
      const opened = await openUdpSocket({
        address,
        port: this.port,
        bufferBytes: BUFFER_BYTES,
        onDatagram: (bytes, from, port) => {
          if (socket) this.#onDatagram(socket, bytes, from, port);
        },
      });
      this.#binding.delete(address);
      if (!opened.ok) {
        failures.push(opened.error);
        // Tried again with every peer, logged once.
        if (!this.#warned.has(address))
          this.#options.log.warn({ address, reason: opened.error.message }, 'UDP mux: address not bound');
        this.#warned.add(address);
      } else if (this.#closed) await opened.value.close();
      else {
        socket = opened.value;
        this.port = socket.port;
        this.#sockets.set(address, socket);
        this.#routes.addSocket(socket);
      }
    }
    return failures;
  }

  async follow(addresses: readonly string[]): Promise<void> {
    for (const [address, socket] of this.#sockets) {
      if (addresses.includes(address)) continue;
      this.#sockets.delete(address);
      this.#routes.removeSocket(socket);
      for (const route of this.#routes.all()) route.onGone(socket);
      void socket.close();
    }
    await this.bindNew(addresses);
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

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.sockets().map((socket) => socket.close()));
  }

  #onDatagram(socket: UdpSocket, bytes: Buffer, address: string, port: number): void {
    const plain = this.#routes.deliver(socket, bytes, address, port);
    if (!plain || !this.#options.answerPlainStun) return;
    const answer = answerPlainBinding(plain, address, port, this.#plain, this.#options.clock.nowMs());
    if (answer) socket.send(answer, address, port);
  }
}
