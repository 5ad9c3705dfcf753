import type { Server as HttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** STUN over TCP begins with a frame length below 4096, so with a byte below 0x10 (RFC 4571); HTTP and TLS never do. */
const FIRST_BYTE_LIMIT = 0x10;
/** A connection that says nothing is not kept longer than a half-open one of ICE-TCP. */
const SILENT_LIMIT_MS = 30_000;

export interface SharedPort {
  /** Binds; rejects as `net.Server.listen` does. */
  listen(address: { readonly host: string; readonly port: number }): Promise<void>;
  close(): void;
}

/** One TCP port for HTTP, WebSocket and ICE-TCP: each connection goes where its first byte says. */
export function createSharedPort(http: HttpServer, acceptIce: (socket: Socket, firstBytes: Buffer) => void): SharedPort {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.setNoDelay(true);
    socket.setTimeout(SILENT_LIMIT_MS, () => socket.destroy());
    // A connection that breaks before it said anything concerns nobody.
    const ignore = () => {};
    socket.once('error', ignore);
    socket.once('close', () => waiting.delete(socket));
    socket.once('data', (firstBytes: Buffer) => {
      waiting.delete(socket);
      socket.off('error', ignore);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      if (firstBytes[0]! < FIRST_BYTE_LIMIT) {
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
          resolve();
        });
      }),
    close() {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}
