import { allocateArena } from '../../native/arena.js';
import { DATAGRAM_BYTES, type Outlet } from './outlet.js';
import type { StreamPath } from './packet-path.js';

/** More than this waiting in a connection is latency and nothing else: 64 kB are 200 ms at 2.5 Mbit/s. */
export const STREAM_QUEUE_BYTES = 65_536;
const BATCH_SLOTS = 64;

/** One viewer's connection. */
interface Connection {
  readonly path: StreamPath;
  /** What was sealed, and has its number, and was not taken: it goes first. */
  parked: Buffer[];
}

/** Gathers what one viewer is sent at a time, so that a connection is written to once. All viewers share one set of slots. */
export class StreamBatches {
  readonly #arena = allocateArena(BATCH_SLOTS * DATAGRAM_BYTES);
  readonly #lengths = new Uint16Array(BATCH_SLOTS);
  /** Those with something parked. */
  readonly #full = new Set<Connection>();
  #current: Connection | undefined;
  #count = 0;
  #bytes = 0;

  open(path: StreamPath): Outlet {
    const connection: Connection = { path, parked: [] };
    return {
      arena: this.#arena,
      reserve: () => this.#reserve(connection),
      commit: (length) => this.#commit(length),
      close: () => {
        if (this.#current === connection) this.flush();
        this.#full.delete(connection);
      },
    };
  }

  #reserve(connection: Connection): number {
    if (this.#current !== connection || this.#count === BATCH_SLOTS) {
      this.flush();
      this.#current = connection;
    }
    if (connection.parked.length > 0 || connection.path.queuedBytes + this.#bytes > STREAM_QUEUE_BYTES) return -1;
    return this.#count * DATAGRAM_BYTES;
  }

  #commit(length: number): void {
    this.#lengths[this.#count++] = length;
    this.#bytes += length;
  }

  /** Writes what was committed. Returns whether a connection has not taken everything. */
  flush(): boolean {
    const connection = this.#current;
    if (connection === undefined || this.#count === 0) return this.#full.size > 0;
    const packets = Array.from({ length: this.#count }, (_, slot) =>
      this.#arena.bytes.subarray(slot * DATAGRAM_BYTES, slot * DATAGRAM_BYTES + this.#lengths[slot]!),
    );
    this.#count = 0;
    this.#bytes = 0;
    // The slots are used again, so what waits is copied.
    connection.parked = packets.slice(write(connection.path, packets)).map((packet) => Buffer.from(packet));
    if (connection.parked.length > 0) this.#full.add(connection);
    return this.#full.size > 0;
  }

  /** Tries the connections that were full. */
  retry(): void {
    for (const connection of this.#full) {
      connection.parked = connection.parked.slice(write(connection.path, connection.parked));
      if (connection.parked.length === 0) this.#full.delete(connection);
    }
  }
}

/** Returns how many packets were taken. */
function write(path: StreamPath, packets: readonly Buffer[]): number {
  if (path.sendAll) return path.sendAll(packets);
  const refused = packets.findIndex((packet) => !path.send(Buffer.from(packet)));
  return refused < 0 ? packets.length : refused;
}
