// Sends malformed STUN, DTLS, RTP and RTCP packets to a UDP port, by turns. Argument: JSON of
// { seed, count, kinds, address, port, ufrag, sourcePort? }; prints the number of packets sent of each kind.
import { createSocket } from 'node:dgram';

/**
 * @typedef {object} Options
 * @property {number} seed
 * @property {number} count
 * @property {readonly (keyof typeof makers)[]} kinds
 * @property {string} address
 * @property {number} port
 * @property {string} ufrag
 * @property {number} [sourcePort]
 */

/** @type {Options} */
const { seed, count, kinds, address, port, ufrag, sourcePort = 0 } = JSON.parse(process.argv[2] ?? '{}');
const BATCH = 20;

let state = seed >>> 0;

/** mulberry32: 0 <= x < 1. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** @param {number} limit */
const below = (limit) => Math.floor(random() * limit);
/**
 * @template T
 * @param {readonly [T, ...T[]]} list
 */
const pick = (list) => list[below(list.length)] ?? list[0];
/** @param {number} length */
const bytes = (length) => Buffer.from(Array.from({ length }, () => below(256)));
/** @param {number} value */
const u16 = (value) => Buffer.from([(value >> 8) & 255, value & 255]);
/** @param {number} value */
const u32 = (value) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
/** @type {(type: number, value: Buffer, length?: number) => Buffer} */
const attribute = (type, value, length = value.length) =>
  Buffer.concat([u16(type), u16(length), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);

/** Binding requests and others for a real peer, with attributes that are wrong, doubled, cut or lie about their length. */
function stun() {
  const attributes = Array.from({ length: below(6) }, () =>
    pick([
      () => attribute(0x0006, Buffer.from(`${ufrag}:${bytes(4).toString('hex')}`)),
      () => attribute(0x0008, bytes(20)),
      () => attribute(0x8028, bytes(4)),
      () => attribute(0x0024, bytes(below(8))),
      () => attribute(0x0020, bytes(below(20))),
      () => attribute(0x0009, bytes(below(6))),
      () => attribute(0x8029 + below(2), bytes(8)),
      () => attribute(0x0025, Buffer.alloc(0)),
      () => attribute(below(65536), bytes(below(40))),
      () => attribute(below(65536), bytes(below(8)), below(65536)),
    ])(),
  );
  const body = Buffer.concat(attributes);
  const type = pick([0x0001, 0x0101, 0x0111, 0x0011, 0x0003, 0x0103, 0x0016, 0x0017, below(0x1400)]);
  return Buffer.concat([u16(type), u16(random() < 0.7 ? body.length : below(65536)), u32(0x2112a442), bytes(12), body]);
}

/** Handshakes out of nowhere, fragments that overlap or exceed their message, alerts and data in the clear. */
function dtls() {
  const type = pick([20, 21, 22, 22, 22, 23, 25, 20 + below(44)]);
  const fragment = below(60);
  const handshake = Buffer.concat([
    Buffer.from([pick([1, 2, 4, 11, 12, 14, 16, 20, below(256)])]),
    u32(pick([fragment, below(2 ** 24), 0])).subarray(1),
    u16(below(4)),
    u32(pick([0, 0, below(2 ** 24)])).subarray(1),
    u32(pick([fragment, fragment, below(2 ** 24)])).subarray(1),
    bytes(fragment),
  ]);
  const alert = Buffer.from([pick([1, 2]), pick([0, 0, 10, 20, 40, 80, 100])]);
  const content = type === 21 ? alert : type === 22 ? handshake : bytes(below(80));
  const version = pick([0xfefd, 0xfefd, 0xfeff, 0x0303, below(65536)]);
  return Buffer.concat([
    Buffer.from([type]),
    u16(version),
    u16(pick([0, 0, 1, below(65536)])),
    u16(0),
    u32(below(2 ** 32)),
    u16(random() < 0.8 ? content.length : below(65536)),
    content,
  ]);
}

function rtp() {
  const first = 0x80 | (random() < 0.4 ? 0x10 : 0) | (random() < 0.3 ? 0x20 : 0) | below(16);
  return Buffer.concat([
    Buffer.from([first, below(256)]),
    u16(below(65536)),
    u32(below(2 ** 32)),
    u32(below(2 ** 32)),
    bytes(below(120)),
  ]);
}

/** Reports, feedback and compound packets, lengths right and wrong; some as long as a real SRTCP packet would be. */
function rtcp() {
  const part = () => {
    const body = bytes(4 * below(10));
    const length = random() < 0.7 ? body.length / 4 : below(65536);
    return Buffer.concat([Buffer.from([0x80 | below(64), 192 + below(32)]), u16(length), body]);
  };
  return Buffer.concat([...Array.from({ length: 1 + below(3) }, part), bytes(pick([0, 4, 14, 20]))]);
}

/**
 * Half of them get a few bytes changed or lose their end.
 * @param {Buffer} packet
 */
function damage(packet) {
  if (random() < 0.25) return packet.subarray(0, below(packet.length + 1));
  if (random() < 0.33) for (let i = 1 + below(4); i > 0; i--) packet[1 + below(packet.length - 1)] = below(256);
  return packet;
}

const makers = { stun, dtls, rtp, rtcp };
/** @type {Map<string, number>} */
const sent = new Map(kinds.map((kind) => [kind, 0]));
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
await new Promise((resolve) => socket.bind(sourcePort, () => resolve(undefined)));
for (let i = 0; i < count; i++) {
  const kind = kinds[i % kinds.length] ?? 'stun';
  const packet = damage(makers[kind]());
  await new Promise((resolve) => socket.send(packet, port, address, resolve));
  sent.set(kind, (sent.get(kind) ?? 0) + 1);
  // Faster than any viewer's own packets, and slow enough that the system's queues lose none.
  if (i % BATCH === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}
process.stdout.write(JSON.stringify(Object.fromEntries(sent)));
socket.close();
