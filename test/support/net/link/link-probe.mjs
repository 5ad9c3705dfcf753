// Sends or counts numbered UDP packets, to see what a link does to them. Argument: JSON of
// { listen: address, port } or { send: address, port, count, bytes, perSecond }.
// The listener says `listening`, and at the end of its input a JSON array of [number, sentMs, receivedMs] on the clock that all
// processes of a machine share.
import { createSocket } from 'node:dgram';

/** @type {{ listen?: string, send: string, port: number, count: number, bytes: number, perSecond: number }} */
const { listen, send, port, count, bytes, perSecond } = JSON.parse(process.argv[2] ?? '{}');
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
/** More at once would not find room where the other end has no time to read. */
const BURST = 20;
const socket = createSocket((listen ?? send).includes(':') ? 'udp6' : 'udp4');

if (listen) {
  /** @type {(readonly [number: number, sentMs: number, receivedMs: number])[]} */
  const arrived = [];
  socket.on('message', (data) => arrived.push([data.readUInt32BE(0), data.readDoubleBE(4), clockMs()]));
  socket.bind(port, listen, () => {
    process.stdout.write('listening\n');
  });
  // What has come is not all read yet.
  /** @param {number} before */
  const finish = (before) => {
    if (arrived.length === before) process.stdout.write(JSON.stringify(arrived), () => process.exit(0));
    else setTimeout(finish, 20, arrived.length);
  };
  process.stdin.resume().on('end', () => finish(-1));
} else {
  /** @type {number | undefined} */
  let startMs;
  let number = 0;
  const burst = () => {
    startMs ??= clockMs();
    const wanted = Math.min(count, number + BURST, Math.ceil(((clockMs() - startMs) / 1000) * perSecond));
    for (; number < wanted; number++) {
      const packet = Buffer.alloc(bytes);
      packet.writeUInt32BE(number, 0);
      packet.writeDoubleBE(clockMs(), 4);
      socket.send(packet);
    }
    if (number < count) setTimeout(burst, 1);
    else socket.close();
  };
  // Sends to a connected socket are at once; others look the address up first and would miss the end.
  socket.connect(port, send, burst);
}
