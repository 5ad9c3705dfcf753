// The measured side of the fan-out bench: the built server's fan-out in a process of its own, fed by a synthetic stream.
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MAX_QUEUED_BYTES } from '../../dist/server/ice/sockets/tcp-mux.js';
import { openUdpSocket } from '../../dist/server/ice/sockets/udp-socket.js';
import { systemClock } from '../../dist/server/lib/clock.js';
import { createMediaEngine } from '../../dist/server/media/create-media-engine.js';
import { plainDepartures } from '../../dist/server/media/paths/departures.js';
import { writeFrames } from '../../dist/server/media/paths/framed-writer.js';
import { nodeCryptoSuite } from '../../dist/server/media/srtp/node-crypto-suite.js';
import { createCertificate } from '../../dist/server/webrtc/transport/certificate.js';
import { Dtls } from '../../dist/server/webrtc/transport/dtls.js';

const PACKET_BYTES = 1_150;
const FRAMES_PER_SECOND = 30;
const SOUND_PER_SECOND = 50;
const KEYFRAME_PACKETS = 52;

/** A stream whose packets carry the time they were made, for the receivers. */
function syntheticStream(kind) {
  let sequence = 0;
  let wantsKeyframe = true;
  let keyframeAtMs = 0;
  const listeners = new Set();
  return {
    id: kind,
    kind,
    codec: kind === 'video' ? 'vp8' : 'opus',
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    requestKeyframe() {
      wantsKeyframe = true;
    },
    frame(timestamp, packets, bytes) {
      // As the encoders do, it makes at most one in half a second, however many ask.
      const isKeyframe = kind === 'video' && wantsKeyframe && performance.now() - keyframeAtMs >= 500;
      if (isKeyframe) {
        keyframeAtMs = performance.now();
        wantsKeyframe = false;
      }
      const count = isKeyframe ? KEYFRAME_PACKETS : packets;
      const batch = Array.from({ length: count }, (_, i) => {
        const packet = Buffer.alloc(12 + bytes);
        packet.set([0x80, i === count - 1 ? 0xe0 : 0x60]);
        packet.writeUInt16BE(sequence, 2);
        packet.writeUInt32BE(timestamp >>> 0, 4);
        packet.set([i === 0 ? 0x10 : 0, isKeyframe ? 0 : 1], 12);
        packet.writeDoubleBE(performance.timeOrigin + performance.now(), 14);
        sequence = (sequence + 1) & 0xffff;
        return packet;
      });
      for (const listener of listeners) listener.packets(batch);
    },
  };
}

/** Calls `action(n)` for every tick since the start, also those that came late. */
function every(perSecond, action) {
  const start = performance.now();
  let done = 0;
  return setInterval(() => {
    for (const due = ((performance.now() - start) * perSecond) / 1_000; done < due; done++) action(done);
  }, 1_000 / perSecond);
}

async function udpSocket() {
  const socket = await openUdpSocket({ address: '127.0.0.1', port: 0, bufferBytes: 4_000_000, onDatagram: () => undefined });
  if (!socket.ok) throw new Error(socket.error.message);
  return socket.value;
}

/** A connection to the receivers, wrapped as the product's ICE-TCP wraps one. */
async function tcpPath(port) {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    kind: 'stream',
    get queuedBytes() {
      return socket.writableLength;
    },
    send(packet) {
      if (socket.writableLength + packet.length > MAX_QUEUED_BYTES) return false;
      writeFrames(socket, [packet]);
      return true;
    },
    sendAll(packets) {
      if (socket.writableLength > MAX_QUEUED_BYTES) return 0;
      writeFrames(socket, packets);
      return packets.length;
    },
  };
}

async function pathOf(transport, port, shared) {
  if (transport === 'tcpmux') return tcpPath(port);
  return (transport === 'epr' ? await udpSocket() : shared).path('127.0.0.1', port);
}

/** Milliseconds that the main thread was ready to run while something else had its core (/proc/…/schedstat). */
function waitedMs() {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
}

/** A viewer's DTLS handshake. Both sides of it run here, so it costs twice what the server pays for a real one. */
function handshaker(certificate) {
  const fingerprints = [certificate.fingerprint];
  return async () => {
    const sides = [];
    const to = (other) => (datagram) => {
      const copy = Buffer.from(datagram);
      setImmediate(() => sides[other].receive(copy));
    };
    for (const [i, role] of ['server', 'client'].entries())
      sides.push(new Dtls({ certificate, role, clock: systemClock, send: to(1 - i), closed: () => undefined }));
    const [keys] = await Promise.all(sides.map((side) => side.handshake(fingerprints)));
    for (const side of sides) side.close();
    if (!keys.ok) throw new Error(keys.error);
  };
}

async function measure({ path, transport, ports, seconds, bitrateBps, joinsPerSecond }) {
  const plain = { suite: nodeCryptoSuite(), departures: plainDepartures('bench') };
  const engine = createMediaEngine({ clock: systemClock, ...(path === 'plain' ? plain : {}) });
  const streams = { video: syntheticStream('video'), audio: syntheticStream('audio') };
  const fanouts = { video: engine.fanout(streams.video), audio: engine.fanout(streams.audio) };
  const shared = await udpSocket();
  const join = (index, packetPath) => {
    const key = Buffer.alloc(16, index & 0xff);
    const keys = { profile: 'AEAD_AES_128_GCM', localKey: key, localSalt: key, remoteKey: key, remoteSalt: key };
    const sender = engine.addPeer({ keys, path: packetPath, cname: 'bench' });
    const extensions = { transportCc: 3, playoutDelay: 5 };
    const video = sender.addTrack({ kind: 'video', clockRateHz: 90_000, ssrc: index * 2 + 1, payloadType: 96, extensions });
    const audio = sender.addTrack({ kind: 'audio', clockRateHz: 48_000, ssrc: index * 2 + 2, payloadType: 111, extensions });
    fanouts.video.attach(video);
    fanouts.audio.attach(audio);
    return { sender, video };
  };
  const handshake = handshaker(createCertificate());
  if (joinsPerSecond > 0) for (let i = 0; i < 20; i++) await handshake();

  globalThis.gc?.();
  const emptyRss = process.memoryUsage().rss;
  const peers = [];
  for (const [index, port] of ports.entries()) peers.push(join(index, await pathOf(transport, port, shared)));
  const framePackets = Math.max(1, Math.round(bitrateBps / 8 / FRAMES_PER_SECOND / PACKET_BYTES));
  const timers = [
    every(FRAMES_PER_SECOND, (n) => streams.video.frame(n * (90_000 / FRAMES_PER_SECOND), framePackets, PACKET_BYTES)),
    every(SOUND_PER_SECOND, (n) => streams.audio.frame(n * (48_000 / SOUND_PER_SECOND), 1, 160)),
  ];
  // The first second warms the compiler up and carries everyone's first keyframe.
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  const guests = [];
  const sum = (list) => list.reduce((packets, { sender }) => packets + sender.stats.packetsSent, 0);
  const dropped = () => peers.reduce((frames, { video }) => frames + video.stats.framesDropped, 0);
  const total = () => sum(peers) + sum(guests);
  const before = { packets: total(), dropped: dropped(), cpu: process.cpuUsage(), waitedMs: waitedMs(), atMs: performance.now() };
  let joiner;
  if (joinsPerSecond > 0) {
    // Viewers come and go beside the counted ones; their datagrams go to a port where nobody listens.
    joiner = every(joinsPerSecond, async (n) => {
      await handshake();
      const guest = join(10_000 + (n % 1_000), shared.path('127.0.0.1', 9));
      guests.push(guest);
      setTimeout(() => guest.sender.close(), 300);
    });
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const cpu = process.cpuUsage(before.cpu);
  const elapsedMs = performance.now() - before.atMs;
  const packets = total() - before.packets;
  // Sampling the delay every millisecond costs 2% of a core itself, so it has a time of its own.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  delay.disable();
  const waitedShare = (waitedMs() - before.waitedMs) / (performance.now() - before.atMs);
  const framesDropped = dropped() - before.dropped;
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  for (const timer of [...timers, joiner]) clearInterval(timer);
  // What is still paced leaves before the counting ends.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return {
    ...engine.paths,
    packets,
    packetsTotal: sum(peers),
    joins: guests.length,
    framesDropped,
    cpuMicrosPerPacket: (cpu.user + cpu.system) / packets,
    corePercent: ((cpu.user + cpu.system) / 1_000 / elapsedMs) * 100,
    // The histogram counts from one sample to the next, and they are 1 ms apart.
    loopDelayP99Ms: delay.percentile(99) / 1e6 - 1,
    waitedPercent: waitedShare * 100,
    residentKbPerViewer: (rss - emptyRss) / 1024 / ports.length,
    memory: { rss, emptyRss, heapUsed, arrayBuffers },
  };
}

process.on('message', async (options) => {
  process.send(await measure(options), () => process.disconnect());
});
process.on('disconnect', () => process.exit(0));
