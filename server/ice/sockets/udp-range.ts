import { err, ok, type Result } from '../../lib/result.js';
import type { NoPort } from './no-port.js';
import { openUdpSocket, type UdpSocket, type UdpSocketOptions } from './udp-socket.js';

/** Hands out sockets on the ports of webrtc.epr: one per peer and local address. */
export interface UdpRange {
  /** A socket on the first free port after a random one; the error says that the range is used up, or names another reason. */
  open(address: string, onDatagram: UdpSocketOptions['onDatagram']): Promise<Result<UdpSocket, NoPort>>;
}

const BUFFER_BYTES = 1024 * 1024;

/** `random` gives 0 <= x < 1. Ports are reserved while a bind is under way, so that joins at once do not collide. */
export function udpRange(minPort: number, maxPort: number, random: () => number = Math.random): UdpRange {
  const taken = new Map<string, Set<number>>();
  const size = maxPort - minPort + 1;
  return {
    async open(address, onDatagram) {
      const inUse = taken.get(address) ?? new Set<number>();
      taken.set(address, inUse);
      const start = Math.floor(random() * size);
      for (let i = 0; i < size; i++) {
        const port = minPort + ((start + i) % size);
        if (inUse.has(port)) continue;
        inUse.add(port);
        const opened = await openUdpSocket({ address, port, bufferBytes: BUFFER_BYTES, onDatagram });
        if (opened.ok) return ok(releasing(opened.value, () => inUse.delete(port)));
        inUse.delete(port);
        if (opened.error.code !== 'EADDRINUSE' && opened.error.code !== 'EACCES') {
          return err({ usedUp: false, message: opened.error.message });
        }
      }
      const message = `no free UDP port on ${address}: all of ${minPort}-${maxPort} are in use (NEKO_WEBRTC_EPR)`;
      return err({ usedUp: true, message });
    },
  };
}

function releasing(socket: UdpSocket, release: () => void): UdpSocket {
  return {
    ...socket,
    close() {
      // The port is free once the call returns; only its event comes a turn of the event loop later.
      const closed = socket.close();
      release();
      return closed;
    },
  };
}
