/**
 * How sealed datagrams leave for one viewer. ICE hands out a new value whenever it selects another pair.
 * A UDP path exposes its socket's descriptor so that many packets can leave in one system call.
 */
export type PacketPath = UdpPath | StreamPath;

export interface UdpPath {
  readonly kind: 'udp';
  /** File descriptor of the (possibly shared) UDP socket. */
  readonly fd: number;
  readonly family: 4 | 6;
  /** The remote transport address. An IPv4 remote on an IPv6 socket is given as family 4 only if the socket is IPv4. */
  readonly address: string;
  readonly port: number;
  send(packet: Uint8Array): void;
}

/** ICE-TCP or a TURN relay: packets go one by one, framing and wrapping are the path's own business. */
export interface StreamPath {
  readonly kind: 'stream';
  /** Returns false when the packet was not taken because too much is waiting already. */
  send(packet: Uint8Array): boolean;
  /** Where several packets can leave as one write: takes them in order, copies what it takes, and returns how many that were. */
  sendAll?(packets: readonly Uint8Array[]): number;
  /** Bytes accepted but not yet written. */
  readonly queuedBytes: number;
}
