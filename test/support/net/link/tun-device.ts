import { closeSync, openSync, read, writeSync } from 'node:fs';
import koffi from 'koffi';

const TUNSETIFF = 0x400454ca;
const IFF_TUN = 0x0001;
/** No header before the IP packet. */
const IFF_NO_PI = 0x1000;
const IFREQ_BYTES = 40;
const FLAGS_OFFSET = 16;
const LARGEST_PACKET = 65_535;

/** A network interface whose packets this process reads and writes; it ends with the process. */
export interface TunDevice {
  /** Gives an IP packet to the host that has the interface. */
  write(packet: Buffer): void;
}

/** Makes the interface `name` in this process's network namespace; it may be moved to another. `onPacket` gets what is sent on it. */
export function openTun(name: string, onPacket: (packet: Buffer) => void): TunDevice {
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(name, 'latin1');
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, FLAGS_OFFSET);
  const ioctl: (fd: number, request: number, type: string, argument: Buffer) => number = koffi
    .load(null)
    .func('int ioctl(int fd, unsigned long request, ...)');
  if (ioctl(fd, TUNSETIFF, 'void *', request) !== 0) {
    closeSync(fd);
    throw new Error(`the interface ${name} cannot be made: errno ${koffi.errno()}`);
  }
  const buffer = Buffer.alloc(LARGEST_PACKET);
  const next = () =>
    read(fd, buffer, 0, buffer.length, null, (error, length) => {
      // Between two namespaces, or not up yet.
      if (error) setTimeout(next, 1);
      else {
        onPacket(Buffer.from(buffer.subarray(0, length)));
        next();
      }
    });
  next();
  return {
    write(packet) {
      try {
        writeSync(fd, packet);
      } catch {
        // The interface is down: nobody is there to get it.
      }
    },
  };
}
