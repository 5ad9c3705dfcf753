// Synthetic viewers of the fan-out bench: they check tags, sequence gaps and times of every packet, on a core of their own.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { selectCipher } from '../../dist/server/media/srtp/select-cipher.js';
import { srtpTransform } from '../../dist/server/media/srtp/srtp.js';
import { SrtpReceiver } from '../../dist/server/media/srtp/srtp-receiver.js';
import { allocateArena } from '../../dist/server/native/arena.js';

const { suite } = selectCipher();
const arena = allocateArena(2_048);
const counts = { received: 0, bad: 0, missing: 0, delays: [] };
const viewers = new Map();
const ports = [];
const WARM_UP_MS = 1_500;
let firstAtMs;

/** Whoever owns an SSRC; the keys follow from its index, as in the sender. */
function viewerOf(ssrc) {
  const index = (ssrc - 1) >> 1;
  let viewer = viewers.get(index);
  if (viewer === undefined) {
    const key = Buffer.alloc(16, index & 0xff);
    viewer = { receiver: new SrtpReceiver(srtpTransform(suite, 'AEAD_AES_128_GCM', key, key)), expected: new Map() };
    viewers.set(index, viewer);
  }
  return viewer;
}

function take(datagram) {
  counts.received++;
  arena.bytes.set(datagram);
  const isRtcp = datagram[1] >= 192 && datagram[1] <= 223;
  const ssrc = datagram.readUInt32BE(isRtcp ? 4 : 8);
  const { receiver, expected } = viewerOf(ssrc);
  if (isRtcp) {
    if (receiver.openRtcp(arena, 0, datagram.length) < 0) counts.bad++;
    return;
  }
  const length = receiver.openRtp(arena, 0, datagram.length);
  if (length < 0) {
    counts.bad++;
    return;
  }
  const sequence = datagram.readUInt16BE(2);
  counts.missing += (sequence - (expected.get(ssrc) ?? sequence)) & 0xffff;
  expected.set(ssrc, (sequence + 1) & 0xffff);
  const headerLength = datagram[0] & 0x10 ? 16 + arena.bytes.readUInt16BE(14) * 4 : 12;
  // Who joins is sent a keyframe that is not new, so delays count from when everyone is there.
  firstAtMs ??= performance.now();
  if (counts.received % 16 === 0 && performance.now() - firstAtMs > WARM_UP_MS)
    counts.delays.push(performance.timeOrigin + performance.now() - arena.bytes.readDoubleBE(headerLength + 2));
}

async function listenUdp() {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  socket.on('message', take);
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket.address().port;
}

async function listenTcp() {
  const server = createServer((socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      while (at + 2 <= rest.length) {
        const end = at + 2 + rest.readUInt16BE(at);
        if (end > rest.length) break;
        take(rest.subarray(at + 2, end));
        at = end;
      }
      rest = rest.subarray(at);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

/** Resolves when nothing has come for a while: what still waits in the sockets is not lost. */
async function drained() {
  for (let before = -1; before !== counts.received; ) {
    before = counts.received;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Datagrams that arrived while a socket's buffer was full: the receiver had no time, the sender did nothing wrong. */
function overflowed() {
  const own = new Set(ports);
  return readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => own.has(Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

process.on('message', async ({ kind, viewers: count, transport }) => {
  if (kind === 'report') {
    await drained();
    process.send({ ...counts, overflowed: overflowed() }, () => process.disconnect());
    return;
  }
  const shared = transport === 'tcpmux' ? await listenTcp() : undefined;
  for (let i = 0; i < count; i++) ports.push(shared ?? (await listenUdp()));
  process.send(ports);
});
process.on('disconnect', () => process.exit(0));
