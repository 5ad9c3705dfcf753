import { type MakeBatch, type MessageBatch, type SocketAddress, socketAddress } from '../../native/sendmmsg.js';
import { DATAGRAM_BYTES, type Outlet } from './outlet.js';
import type { UdpPath } from './packet-path.js';

/** Larger batches gain nothing; one arena of this many slots (100 kB) stays in the processor's cache. */
const BATCH_SLOTS = 64;

/** A socket that packets leave by, possibly for many viewers. */
interface Socket {
  readonly fd: number;
  users: number;
  /** What the kernel did not take yet, in order. While there is any, the socket takes nothing new. */
  parked: Parked[];
}

interface Parked {
  readonly packet: Buffer;
  readonly address: SocketAddress;
}

/** Sends datagrams in batches of one system call, over any number of sockets. Every viewer's outlet shares one set of slots. */
export class UdpBatches {
  readonly #batch: MessageBatch;
  readonly #addresses: (SocketAddress | undefined)[] = new Array(BATCH_SLOTS).fill(undefined);
  readonly #lengths = new Uint16Array(BATCH_SLOTS);
  readonly #sockets = new Map<number, Socket>();
  /** Those with something parked. */
  readonly #full = new Set<Socket>();
  #current: Socket | undefined;
  #count = 0;
  /** Datagrams that the kernel refused for good: unreachable, or forbidden by a filter. */
  refused = 0;

  constructor(makeBatch: MakeBatch) {
    this.#batch = makeBatch(BATCH_SLOTS, DATAGRAM_BYTES);
  }

  /** An outlet for the path, or undefined when its address cannot be written as one; the path's own `send` serves then. */
  open(path: UdpPath): Outlet | undefined {
    const address = path.fd < 0 ? undefined : socketAddress(path.family, path.address, path.port);
    if (!address) return undefined;
    const socket = this.#sockets.get(path.fd) ?? { fd: path.fd, users: 0, parked: [] };
    this.#sockets.set(path.fd, socket);
    socket.users++;
    let open = true;
    return {
      arena: this.#batch.arena,
      reserve: () => this.#reserve(socket),
      commit: (length) => this.#commit(length, address),
      close: () => {
        if (!open) return;
        open = false;
        if (this.#current === socket) this.flush();
        if (--socket.users > 0) return;
        this.#sockets.delete(socket.fd);
        this.#full.delete(socket);
      },
    };
  }

  #reserve(socket: Socket): number {
    if (this.#current !== socket || this.#count === BATCH_SLOTS) {
      this.flush();
      this.#current = socket;
    }
    return socket.parked.length > 0 ? -1 : this.#count * DATAGRAM_BYTES;
  }

  #commit(length: number, address: SocketAddress): void {
    const slot = this.#count++;
    this.#batch.set(slot, length, address);
    this.#lengths[slot] = length;
    this.#addresses[slot] = address;
  }

  /** Hands what was committed to the kernel. Returns whether a socket has not taken everything. */
  flush(): boolean {
    const socket = this.#current;
    const end = this.#count;
    if (socket === undefined || end === 0) return this.#full.size > 0;
    this.#count = 0;
    for (let at = this.#send(socket, 0, end); at < end; at++) {
      const packet = this.#batch.arena.bytes.subarray(at * DATAGRAM_BYTES, at * DATAGRAM_BYTES + this.#lengths[at]!);
      socket.parked.push({ packet: Buffer.from(packet), address: this.#addresses[at]! });
      this.#full.add(socket);
    }
    return this.#full.size > 0;
  }

  /** Tries the sockets that were full. */
  retry(): void {
    this.flush();
    for (const socket of this.#full) {
      socket.parked.forEach((parked, slot) => {
        parked.packet.copy(this.#batch.arena.bytes, slot * DATAGRAM_BYTES);
        this.#batch.set(slot, parked.packet.length, parked.address);
      });
      socket.parked = socket.parked.slice(this.#send(socket, 0, socket.parked.length));
      if (socket.parked.length === 0) this.#full.delete(socket);
    }
  }

  /** Sends the slots [first, end), leaving out what is refused. Returns the first slot that has to wait, or `end`. */
  #send(socket: Socket, first: number, end: number): number {
    let at = first;
    while (at < end) {
      at += this.#batch.send(socket.fd, at, end);
      if (this.#batch.outcome === 'blocked') return at;
      if (this.#batch.outcome === 'failed') {
        this.refused++;
        at++;
      }
    }
    return at;
  }
}
