import { createSocket, type Socket } from 'node:dgram';
import { err, ok, type Result } from '../../lib/result.js';
import type { PacketPath } from '../../media/paths/packet-path.js';
import { familyOf } from '../address.js';

/** A bound UDP socket on one local address. */
export interface UdpSocket {
  readonly address: string;
  readonly port: number;
  /** Drops a datagram that the system refuses, as a network would. */
  send(bytes: Uint8Array, address: string, port: number): void;
  path(address: string, port: number): PacketPath;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

export interface UdpSocketOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked for in both directions; the system grants what net.core.rmem_max and wmem_max allow. */
  readonly bufferBytes: number;
  /** The buffer is the receiver's. */
  onDatagram(bytes: Buffer, address: string, port: number): void;
}

export type BindError = { readonly code: string; readonly message: string };

const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

/** Binds; an error carries the system's code (EADDRINUSE, EADDRNOTAVAIL). */
export function openUdpSocket(options: UdpSocketOptions): Promise<Result<UdpSocket, BindError>> {
  const family = familyOf(options.address);
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    // Every destination is an IP address already: no trip through the resolver.
    lookup: (host, _options, done) => done(null, host, family),
  });
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(err({ code: error.code ?? 'UNKNOWN', message: error.message }));
    });
    socket.bind({ address: options.address, port: options.port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // Refused sends (a network that is down, a firewall) come here; ICE notices the silence.
      socket.on('error', () => undefined);
      socket.on('message', (bytes, from) => options.onDatagram(bytes, from.address, from.port));
      grow(socket, options.bufferBytes);
      resolve(ok(wrap(socket, options.address, family)));
    });
  });
}

function wrap(socket: Socket, address: string, family: 4 | 6): UdpSocket {
  const { port } = socket.address();
  const fd = descriptorOf(socket);
  let closed: Promise<void> | undefined;
  const send = (bytes: Uint8Array, toAddress: string, toPort: number) => {
    // Node queues refused datagrams without limit.
    if (!closed && toPort > 0 && socket.getSendQueueSize() < MAX_QUEUED_BYTES) socket.send(bytes, toPort, toAddress);
  };
  return {
    address,
    port,
    send,
    path(toAddress, toPort) {
      const sendThere = (packet: Uint8Array) => send(packet, toAddress, toPort);
      if (fd !== undefined) return { kind: 'udp', fd, family, address: toAddress, port: toPort, send: sendThere };
      return {
        kind: 'stream',
        send(packet) {
          sendThere(packet);
          return true;
        },
        get queuedBytes() {
          return closed ? 0 : socket.getSendQueueSize();
        },
      };
    },
    close() {
      closed ??= new Promise((resolve) => socket.close(() => resolve()));
      return closed;
    },
  };
}

/**
 * The descriptor that `sendmmsg` needs. Node does not expose it and warns on `_handle`, so the private state is read by its
 * name and every step is checked: where it is missing, packets go one by one through the socket.
 */
function descriptorOf(socket: Socket): number | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find((each) => each.description === 'state symbol');
  const state: unknown = symbol && Reflect.get(socket, symbol);
  const handle: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'handle') : undefined;
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

function grow(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
    socket.setSendBufferSize(bytes);
  } catch {
    // The default size serves, with more loss in bursts.
  }
}
