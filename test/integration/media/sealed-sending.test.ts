import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import { openUdpSocket } from '../../../server/ice/sockets/udp-socket.js';
import { createMediaEngine } from '../../../server/media/create-media-engine.js';
import type { SrtpKeys } from '../../../server/media/media-engine.js';
import { plainDepartures } from '../../../server/media/paths/departures.js';
import type { PacketPath } from '../../../server/media/paths/packet-path.js';
import { nodeCryptoSuite } from '../../../server/media/srtp/node-crypto-suite.js';
import { loadSendmmsg, socketAddress } from '../../../server/native/sendmmsg.js';
import { slowClock } from '../../support/faults/slow-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { FakeStream } from '../../unit/media/fake-viewer.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** The two paths as they are chosen: what the start-up check finds, and what is left without native calls. */
const ENGINES = {
  fast: () => createMediaEngine({ clock: slowClock }),
  plain: () => createMediaEngine({ clock: slowClock, suite: nodeCryptoSuite(), departures: plainDepartures('test') }),
};

/** A datagram socket that keeps what it gets. */
async function receiver(address: string) {
  const socket: Socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4_000_000 });
  const datagrams: Buffer[] = [];
  socket.on('message', (datagram) => datagrams.push(datagram));
  socket.bind(0, address);
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return { datagrams, port: socket.address().port };
}

/** A path from a socket of ours to that address. */
async function pathTo(address: string, port: number): Promise<PacketPath> {
  const socket = await openUdpSocket({ address, port: 0, bufferBytes: 4_000_000, onDatagram: () => undefined });
  if (!socket.ok) throw new Error(socket.error.message);
  closers.push(() => void socket.value.close());
  return socket.value.path(address, port);
}

const isRtcp = (datagram: Buffer) => datagram[1]! >= 192 && datagram[1]! <= 223;

describe.each(['fast', 'plain'] as const)('%s path', (kind) => {
  test('is what its name says', () => {
    const engine = ENGINES[kind]();
    closers.push(() => engine.close());
    expect(engine.paths).toMatchObject(
      kind === 'fast' ? { cipher: 'libcrypto', send: 'sendmmsg', reasons: [] } : { cipher: 'node:crypto', send: 'dgram' },
    );
  });

  test.each([
    ['AEAD_AES_128_GCM', 7, 12, '127.0.0.1'],
    ['AES_CM_128_HMAC_SHA1_80', 1, 14, '127.0.0.1'],
    ['AEAD_AES_128_GCM', 7, 12, '::1'],
  ] as const)(
    '%s to another implementation and back (profile %i, salt of %i bytes, %s)',
    async (profile, id, saltLength, address) => {
      const engine = ENGINES[kind]();
      closers.push(() => engine.close());
      const keys: SrtpKeys = {
        profile,
        localKey: Buffer.alloc(16, 0x11),
        localSalt: Buffer.alloc(saltLength, 0x22),
        remoteKey: Buffer.alloc(16, 0x33),
        remoteSalt: Buffer.alloc(saltLength, 0x44),
      };
      const far = {
        localMasterKey: Buffer.from(keys.remoteKey),
        localMasterSalt: Buffer.from(keys.remoteSalt),
        remoteMasterKey: Buffer.from(keys.localKey),
        remoteMasterSalt: Buffer.from(keys.localSalt),
      };
      const rtp = new SrtpSession({ keys: far, profile: id });
      const rtcp = new SrtcpSession({ keys: far, profile: id });

      const { datagrams, port } = await receiver(address);
      const peer = engine.addPeer({ keys, path: await pathTo(address, port), cname: 'desk' });
      const stream = new FakeStream('main');
      const track = peer.addTrack({
        kind: 'video',
        clockRateHz: 90_000,
        ssrc: 77,
        payloadType: 96,
        extensions: { transportCc: 3 },
      });
      engine.fanout(stream).attach(track);
      stream.frame('key', { packets: 300, bytes: 1_100 });
      for (let i = 0; i < 20; i++) stream.frame('delta', { packets: 3, bytes: 900 });

      await waitFor('all packets and a sender report', () => datagrams.length >= 361 && datagrams.some(isRtcp));
      const packets = datagrams
        .filter((datagram) => !isRtcp(datagram))
        .map((datagram) => RtpPacket.deSerialize(rtp.decrypt(datagram)));
      const first = packets[0]!.header.sequenceNumber;
      expect(packets.map((packet) => (packet.header.sequenceNumber - first) & 0xffff)).toEqual(
        Array.from({ length: 360 }, (_, i) => i),
      );
      expect(packets.map((packet) => packet.header.extensions[0]!.payload.readUInt16BE(0))).toEqual(
        Array.from({ length: 360 }, (_, i) => i),
      );
      expect(packets[5]!.payload).toEqual(Buffer.alloc(1_100, 5).fill(0, 0, 1).fill(0, 1, 2));
      expect(rtcp.decrypt(datagrams.find(isRtcp)!).readUInt16BE(0)).toBe(0x80c8);

      const lost = datagrams.filter((datagram) => !isRtcp(datagram))[310]!;
      const nack = Buffer.from('81cd000300000001 0000004d 00000000'.replaceAll(' ', ''), 'hex');
      nack.writeUInt16BE(lost.readUInt16BE(2), 12);
      const sofar = datagrams.length;
      peer.receiveRtcp(Buffer.from(rtcp.encrypt(nack)));
      await waitFor('the same bytes again', () => datagrams.slice(sofar).some((datagram) => datagram.equals(lost)));
      expect(peer.stats).toMatchObject({ rtcpReceived: 1, rtcpRejected: 0 });
    },
  );
});

test.each(['fast', 'plain'] as const)('many viewers behind one socket: each gets all of its packets (%s path)', async (kind) => {
  const engine = ENGINES[kind]();
  closers.push(() => engine.close());
  const socket = await openUdpSocket({ address: '127.0.0.1', port: 0, bufferBytes: 4_000_000, onDatagram: () => undefined });
  if (!socket.ok) throw new Error(socket.error.message);
  closers.push(() => void socket.value.close());
  const stream = new FakeStream('main');
  const fanout = engine.fanout(stream);
  const viewers = await Promise.all(Array.from({ length: 20 }, () => receiver('127.0.0.1')));
  for (const [i, { port }] of viewers.entries()) {
    const key = Buffer.alloc(16, i);
    const keys: SrtpKeys = { profile: 'AEAD_AES_128_GCM', localKey: key, localSalt: key, remoteKey: key, remoteSalt: key };
    const peer = engine.addPeer({ keys, path: socket.value.path('127.0.0.1', port), cname: 'desk' });
    fanout.attach(peer.addTrack({ kind: 'video', clockRateHz: 90_000, ssrc: i, payloadType: 96 }));
  }
  stream.frame('key', { packets: 60, bytes: 1_100 });
  const media = ({ datagrams }: (typeof viewers)[number]) => datagrams.filter((datagram) => !isRtcp(datagram));
  await waitFor('60 packets at each of 20 viewers', () => viewers.every((viewer) => media(viewer).length === 60));
  for (const [i, viewer] of viewers.entries())
    expect(media(viewer).every((datagram) => datagram.readUInt32BE(8) === i)).toBe(true);
});

test('what the kernel refuses for good fails, and does not stop the packets behind it', async () => {
  const makeBatch = loadSendmmsg();
  if (!makeBatch.ok) throw new Error(makeBatch.error);
  const batch = makeBatch.value(4, 64);
  batch.set(0, 10, socketAddress(4, '127.0.0.1', 9)!);
  expect([batch.send(-1, 0, 1), batch.outcome]).toEqual([0, 'failed']);
});

test.each([
  [4, '192.0.2.7', 0x1234, '02001234c0000207 0000000000000000'],
  [6, '::1', 1, '0a000001 00000000 00000000000000000000000000000001 00000000'],
  [6, '2001:db8::5:0:7', 1, '0a000001 00000000 20010db8000000000000000500000007 00000000'],
  [6, '192.0.2.7', 1, '0a000001 00000000 00000000000000000000ffffc0000207 00000000'],
  [6, 'fe80::1%2', 1, '0a000001 00000000 fe800000000000000000000000000001 02000000'],
] as const)('sockaddr of family %i for %s', (family, address, port, bytes) => {
  const made = socketAddress(family, address, port)!;
  expect(made.memory.bytes.toString('hex')).toBe(bytes.replaceAll(' ', ''));
  expect(made.length).toBe(made.memory.bytes.length);
});

test.each([
  [4, 'example.org'],
  [4, '::1'],
  [6, 'no address'],
  [6, 'fe80::1%nowhere'],
] as const)('family %i has no sockaddr for %s', (family, address) => {
  expect(socketAddress(family, address, 1)).toBeUndefined();
});
