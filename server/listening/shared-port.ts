import type { Server as HttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { HTTP_LIMITS } from '../signaling/limits.js';

/** STUN over TCP begins with a frame length below 4096, so with a byte below 0x10 (RFC 4571); HTTP and TLS never do. */
const FIRST_BYTE_LIMIT = 0x10;
/** A silent connection is kept as long as an HTTP connection without a request. */
const SILENT_LIMIT_MS = HTTP_LIMITS.headTime.value;

/** Counts the connections before their protocol is known. */
export interface Door {
  /** Returns false, and closes the connection, when it is one too many. */
  admit(socket: Socket): boolean;
  /** The connection turned out not to be HTTP. */
  release(socket: Socket): void;
}

export interface SharedPort {
  /** Binds; rejects as `net.Server.listen` does. */
  listen(address: { readonly host: string; readonly port: number }): Promise<void>;
  close(): void;
}

/** One TCP port for HTTP, WebSocket and ICE-TCP: each connection goes where its first byte says. */
export function createSharedPort(
  http: HttpServer,
  door: Door,
  acceptIce: (socket: Socket, firstBytes: Buffer) => void,
): SharedPort {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    if (!door.admit(socket)) return;
    waiting.add(socket);
    socket.setNoDelay(true);
    socket.setTimeout(SILENT_LIMIT_MS, () => socket.destroy());
    // A connection that breaks before its first byte needs no log line.
    const ignore = () => {};
    socket.once('error', ignore);
    socket.once('close', () => waiting.delete(socket));
    socket.once('data', (firstBytes: Buffer) => {
      waiting.delete(socket);
      socket.off('error', ignore);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      if (firstBytes[0]! < FIRST_BYTE_LIMIT) {
        door.release(socket);
        acceptIce(socket, firstBytes);
        return;
      }
      socket.pause();
      socket.unshift(firstBytes);
      http.emit('connection', socket);
      // TLS reads the socket itself, and would find the first bytes gone.
      if (!(http instanceof TlsServer)) socket.resume();
    });
  });
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          // Without free descriptors a connection is lost; the next one may succeed.
          server.on('error', (error) => http.emit('error', error));
          // Node's limits on the time of heads and requests run from here on; this server never listens itself.
          http.emit('listening');
          resolve();
        });
      }),
    close() {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}
