import { createServer, type Server, type Socket } from 'node:net';
import { bindReason } from '../../lib/bind-reason.js';
import type { Clock } from '../../lib/clock.js';
import { type Dispose, once } from '../../lib/dispose.js';
import { err, ok, type Result } from '../../lib/result.js';
import { writeFrames } from '../../media/paths/framed-writer.js';
import { canonicalAddress, type TransportAddress } from '../address.js';
import { ICE_LIMITS } from '../limits.js';
import { decodeStun, MAX_STUN_LENGTH } from '../stun/stun.js';
import { FrameReader, frameTcp } from './frame-reader.js';
import { halfOpenConnections } from './half-open.js';

/** A connection that has named a peer; datagrams go over it as frames. */
export interface TcpConnection {
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  /** Returns false, and does not take it, when too much is waiting or the connection is gone. */
  send(datagram: Uint8Array): boolean;
  /** Several in one write; returns how many were taken, all or none. */
  sendAll(datagrams: readonly Uint8Array[]): number;
  readonly queuedBytes: number;
  /** The peer is authenticated: the connection may stay. */
  keep(): void;
  close(): void;
}

/** Finds the peer of a connection. */
export interface TcpRoute {
  /** Returns the handlers of its frames (the first one, a binding request, included) and of its end. */
  onConnection(connection: TcpConnection): { onFrame(frame: Buffer): void; onClose(): void };
}

/** Passive ICE-TCP (RFC 6544) for all peers on one port. */
export interface TcpMux {
  readonly port: number;
  registerUfrag(ufrag: string, route: TcpRoute): Dispose;
  /** Takes a connection that another listener accepted, with the bytes read from it so far. */
  accept(socket: Socket, firstBytes: Buffer): void;
  close(): Promise<void>;
}

/** RFC 6544 leaves the limit open; pion waits as long. */
export const HALF_OPEN_MS = ICE_LIMITS.halfOpenTime.value;
/** Half a second of a good picture; what waits longer is late anyway. */
export const MAX_QUEUED_BYTES = ICE_LIMITS.tcpQueue.value;

/** Listens on all addresses, IPv4 and IPv6; `port` undefined: connections only come through `accept`, at `advertisedPort`. */
export async function openTcpMux(options: {
  readonly listen: boolean;
  readonly port: number;
  readonly clock: Clock;
}): Promise<Result<TcpMux>> {
  const routes = new Map<string, TcpRoute>();
  const sockets = new Set<Socket>();
  const halfOpen = halfOpenConnections();
  const accept = (socket: Socket, firstBytes: Buffer) => {
    const ends = endsOf(socket);
    // Reset already: nobody to answer.
    if (!ends) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const settled = halfOpen.add(ends.remote.address, () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      settled();
    });
    serve({ socket, ...ends }, firstBytes, routes, options.clock, settled);
  };
  const server = createServer({ noDelay: true }, (socket) => accept(socket, Buffer.alloc(0)));
  const port = options.listen ? await listen(server, options.port) : ok(options.port);
  if (!port.ok) return port;
  return ok({
    port: port.value,
    registerUfrag(ufrag, route) {
      routes.set(ufrag, route);
      return once(() => routes.delete(ufrag));
    },
    accept,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (options.listen) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

interface Accepted {
  readonly socket: Socket;
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
}

/** Reads frames; the first must be a binding request for a known ufrag, else the connection ends. */
function serve(
  accepted: Accepted,
  firstBytes: Buffer,
  routes: ReadonlyMap<string, TcpRoute>,
  clock: Clock,
  settled: Dispose,
): void {
  const { socket } = accepted;
  const reader = new FrameReader();
  let sink: ReturnType<TcpRoute['onConnection']> | undefined;
  const stopTimer = clock.after(HALF_OPEN_MS, () => socket.destroy());
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    stopTimer();
    sink?.onClose();
  });
  const read = (chunk: Buffer) => {
    for (const datagram of reader.push(chunk)) {
      if (socket.destroyed) return;
      sink ??= routeOf(datagram, routes)?.onConnection(
        connectionOver(accepted, () => {
          stopTimer();
          settled();
        }),
      );
      if (!sink) {
        socket.destroy();
        return;
      }
      sink.onFrame(datagram);
    }
    // Before a peer is named only a binding request may be under way.
    if (!sink && (reader.announcedBytes ?? 0) > MAX_STUN_LENGTH) socket.destroy();
  };
  socket.on('data', read);
  if (firstBytes.length > 0) read(firstBytes);
}

function routeOf(datagram: Buffer, routes: ReadonlyMap<string, TcpRoute>): TcpRoute | undefined {
  const message = decodeStun(datagram);
  if (!message.ok || message.value.kind !== 'request' || message.value.method !== 'binding') return undefined;
  return routes.get(message.value.attributes.username?.split(':')[0] ?? '');
}

/** The two ends of a connection, undefined once the system has forgotten them. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): Omit<Accepted, 'socket'> | undefined {
  const [local, remote] = [canonicalAddress(localAddress ?? ''), canonicalAddress(remoteAddress ?? '')];
  if (local === undefined || remote === undefined || localPort === undefined || remotePort === undefined) return undefined;
  return { local: { address: local, port: localPort }, remote: { address: remote, port: remotePort } };
}

function connectionOver({ socket, local, remote }: Accepted, keep: () => void): TcpConnection {
  return {
    local,
    remote,
    send(datagram) {
      if (socket.destroyed || !socket.writable || datagram.length > 0xffff) return false;
      if (socket.writableLength + datagram.length > MAX_QUEUED_BYTES) return false;
      socket.write(frameTcp(datagram));
      return true;
    },
    sendAll(datagrams) {
      if (socket.destroyed || !socket.writable || socket.writableLength > MAX_QUEUED_BYTES) return 0;
      writeFrames(socket, datagrams);
      return datagrams.length;
    },
    get queuedBytes() {
      return socket.writableLength;
    },
    keep,
    close: () => socket.destroy(),
  };
}

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      resolve(err(`cannot listen on TCP port ${port} (NEKO_WEBRTC_TCPMUX): ${bindReason(error)}`));
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no `::`.
      if (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL') {
        server.once('error', refuse);
        server.listen(port, '0.0.0.0');
      } else refuse(error);
    });
    server.once('listening', () => {
      server.removeAllListeners('error');
      // Without free descriptors one connection is lost; that must not end the server.
      server.on('error', () => undefined);
      const address = server.address();
      resolve(ok(typeof address === 'object' && address ? address.port : port));
    });
    server.listen(port, '::');
  });
}
