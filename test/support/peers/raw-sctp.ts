import { sctpChecksum } from '../../../server/lib/crc32c.js';
import type { PacketLink } from '../../../server/webrtc/transport/data-channel.js';

/** One chunk as bytes, padded to four. */
export function chunk(type: number, body: Uint8Array, flags = 0, length = body.length + 4): Buffer {
  const bytes = Buffer.alloc((4 + body.length + 3) & ~3);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt8(flags, 1);
  bytes.writeUInt16BE(length, 2);
  bytes.set(body, 4);
  return bytes;
}

/** Numbers in network order: [bytes, value] each. */
export function fields(...values: readonly (readonly [bytes: 1 | 2 | 4, value: number])[]): Buffer {
  const bytes = Buffer.alloc(values.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of values) at = bytes.writeUIntBE(value, at, size);
  return bytes;
}

export interface DataOptions {
  readonly stream?: number;
  readonly sequence?: number;
  readonly ppid?: number;
  /** 1 last fragment, 2 first fragment, 4 unordered; by default a whole message. */
  readonly flags?: number;
}

export function dataChunk(
  tsn: number,
  data: Uint8Array,
  { stream = 1, sequence = 0, ppid = 53, flags = 3 }: DataOptions = {},
): Buffer {
  const head = fields([4, tsn >>> 0], [2, stream], [2, sequence & 0xffff], [4, ppid]);
  return chunk(0, Buffer.concat([head, data]), flags);
}

export function sackChunk(cumulative: number, gaps: readonly (readonly [number, number])[] = [], rwnd = 100_000): Buffer {
  const head = fields([4, cumulative >>> 0], [4, rwnd], [2, gaps.length], [2, 0]);
  return chunk(3, Buffer.concat([head, ...gaps.map(([start, end]) => fields([2, start], [2, end]))]));
}

export function sctpPacket(tag: number, ...chunks: readonly Buffer[]): Buffer {
  const packet = Buffer.concat([fields([2, 5000], [2, 5000], [4, tag], [4, 0]), ...chunks]);
  packet.writeUInt32LE(sctpChecksum(packet), 8);
  return packet;
}

/** The answering side of an SCTP association that sends whatever it is told, well-formed or not. */
export class RawSctp implements PacketLink {
  onData: ((packet: Buffer) => void) | undefined;
  /** What the server wants to read in every packet. */
  tag = 0;
  /** The number of the server's last DATA chunk. */
  serverTsn = 0;
  /** Our next one. */
  tsn: number;
  sequence = 0;
  /** Packets of the server, by the type of their chunk. */
  readonly received: { readonly type: number; readonly packet: Buffer }[] = [];
  /** Whether DATA of the server is acknowledged. */
  acknowledges = true;

  constructor(readonly initialTsn = 1_000) {
    this.tsn = initialTsn;
  }

  write(bytes: Uint8Array): void {
    const packet = Buffer.from(bytes);
    const type = packet[12]!;
    this.received.push({ type, packet });
    if (type === 1) {
      this.tag = packet.readUInt32BE(16);
      const cookie = fields([2, 7], [2, 8], [4, 0]);
      const body = fields([4, 77], [4, 1_000_000], [2, 65_535], [2, 65_535], [4, this.initialTsn]);
      this.send(chunk(2, Buffer.concat([body, cookie])));
    }
    if (type === 10) this.send(chunk(11, Buffer.alloc(0)));
    if (type !== 0) return;
    this.serverTsn = packet.readUInt32BE(16);
    if (!this.acknowledges) return;
    this.send(sackChunk(this.serverTsn));
    // DATA_CHANNEL_OPEN is answered by DATA_CHANNEL_ACK (RFC 8832 section 5.2).
    if (packet.readUInt32BE(24) === 50) this.message(Buffer.of(2), { ppid: 50 });
  }

  /** Sends one packet with the right tag and checksum. */
  send(...chunks: readonly Buffer[]): void {
    const packet = sctpPacket(this.tag, ...chunks);
    setImmediate(() => this.onData?.(packet));
  }

  /** Sends a whole message in fragments of at most 1,024 bytes, a packet each. */
  message(data: Uint8Array, options: DataOptions = {}): void {
    for (let at = 0; at < data.length; at += 1024) {
      const flags = (at === 0 ? 2 : 0) | (at + 1024 >= data.length ? 1 : 0);
      this.send(dataChunk(this.tsn++, data.subarray(at, at + 1024), { sequence: this.sequence, flags, ...options }));
    }
    this.sequence += 1;
  }
}
