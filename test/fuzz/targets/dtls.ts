import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemClock } from '../../../server/lib/clock.js';
import type { DtlsSession } from '../../../server/native/dtls-session.js';
import { Dtls } from '../../../server/webrtc/transport/dtls.js';
import { dtlsPair, testCertificates } from '../../support/peers/dtls-pair.js';
import { seededRandom } from '../../support/seeded-random.js';
import { holds, holdsAsync, type Target } from '../target.js';

const DATAGRAMS_PER_PAIR = 24;
const SESSION_OPTIONS = { srtpProfiles: 'SRTP_AEAD_AES_128_GCM', mtu: 1200 };

type Random = () => number;

const upTo = (random: Random, end: number) => Math.floor(random() * end);

/** Ways to change a datagram so that it may still be looked at. */
const MUTATIONS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    for (let i = upTo(random, 4); i >= 0; i--) bytes[upTo(random, bytes.length)]! ^= 1 << upTo(random, 8);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, upTo(random, bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(Array.from({ length: upTo(random, 300) }, () => upTo(random, 256)))]),
  (bytes) => Buffer.concat([bytes, bytes]),
  // Type, version, epoch, sequence number and length of the first record.
  (bytes, random) => setByte(bytes, upTo(random, 13), upTo(random, 256)),
  (bytes, random) => setByte(bytes, 4, upTo(random, 4)),
  // Type, length, sequence number and place of its first message.
  (bytes, random) => setByte(bytes, 13 + upTo(random, 12), upTo(random, 256)),
  (bytes, random) => fragmented(bytes, 1 + upTo(random, 60)),
  (bytes, random) => Buffer.from(Array.from({ length: upTo(random, bytes.length + 1) }, () => upTo(random, 256))),
];

function setByte(bytes: Buffer, at: number, value: number): Buffer {
  if (at < bytes.length) bytes[at] = value;
  return bytes;
}

/** The first message in fragments of `size` bytes, every other one twice (RFC 6347 section 4.2.3). */
function fragmented(bytes: Buffer, size: number): Buffer {
  if (bytes.length < 25) return bytes;
  const body = bytes.subarray(25, 25 + bytes.readUIntBE(22, 3));
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length && parts.length < 60; at += size) {
    const part = body.subarray(at, at + size);
    const head = Buffer.from(bytes.subarray(0, 25));
    head.writeUIntBE(parts.length, 7, 4);
    head.writeUInt16BE(12 + part.length, 11);
    head.writeUIntBE(at, 19, 3);
    head.writeUIntBE(part.length, 22, 3);
    parts.push(head, part);
    if (at % (2 * size) === 0) parts.push(head, part);
  }
  return Buffer.concat(parts);
}

function mutated(datagram: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(datagram);
  for (let i = upTo(random, 3); i >= 0; i--) {
    if (bytes.length > 0) bytes = MUTATIONS[upTo(random, MUTATIONS.length)]!(bytes, random);
  }
  return bytes.subarray(0, 2_048);
}

interface Side {
  readonly session: DtlsSession;
  isUp: boolean;
}

/** Gives one datagram to a side, and lets it write once it is up; false when it is over. */
function feed(side: Side, datagram: Buffer, random: Random): boolean {
  const { session } = side;
  session.receive(datagram);
  if (!side.isUp) {
    const progress = session.handshake();
    if (progress.kind === 'failed') return false;
    if (progress.kind === 'waiting') return true;
    side.isUp = true;
    session.peerDigest('sha-256');
    session.exportSrtpKeys(56);
  }
  for (let i = 0; i < 70; i++) {
    const reading = session.read();
    if (reading === 'farewell' || reading === 'broken') return false;
    if (reading === 'nothing') break;
  }
  session.timeoutMs();
  if (random() < 0.5) session.write(Buffer.alloc(1 + upTo(random, 1_100)));
  return true;
}

/** Two sides shake hands while this share of their datagrams is mutated; whether both of them are up in the end. */
function converse(random: Random, rate: number): boolean {
  const { context } = testCertificates().server;
  const side = (role: 'server' | 'client'): Side => ({ session: context.session({ ...SESSION_OPTIONS, role }), isUp: false });
  const [server, client] = [side('server'), side('client')];
  client.session.handshake();
  let flights = [{ to: server, datagrams: client.session.takeDatagrams() }];
  for (let i = 0, isOver = false; i < DATAGRAMS_PER_PAIR && !isOver; i++) {
    const { to, datagrams } = flights.shift() ?? { to: [server, client][i % 2]!, datagrams: [Buffer.alloc(30, i)] };
    const answers: Buffer[] = [];
    for (const datagram of datagrams) {
      isOver ||= !feed(to, random() < rate ? mutated(datagram, random) : datagram, random);
      if (!isOver) answers.push(...to.session.takeDatagrams());
    }
    flights.push({ to: to === server ? client : server, datagrams: answers });
    flights = flights.filter((flight) => flight.datagrams.length > 0);
  }
  for (const { session } of [server, client]) session.free();
  return server.isUp && client.isUp;
}

/** What a client sends from its first hello to its farewell. */
async function realFlights(): Promise<Buffer[]> {
  const flights: Buffer[] = [];
  const pair = dtlsPair({
    up: (datagram, deliver) => {
      flights.push(datagram);
      setImmediate(() => deliver(datagram));
    },
  });
  await pair.shakeHands();
  pair.client.write(Buffer.from('data'));
  pair.close();
  return flights;
}

let flights: Buffer[] = [];

async function open(): Promise<() => Promise<void>> {
  flights = await realFlights();
  return async () => undefined;
}

export const dtls: Target = {
  name: 'dtls',
  open,
  properties: [
    holds(
      'OpenSSL survives any datagram in either role, and shakes hands where nothing is changed',
      [fc.nat(), fc.constantFrom(0, 0.05, 0.3, 0.8)],
      (seed, rate) => {
        const isUp = converse(seededRandom(seed), rate);
        if (rate === 0) assert(isUp);
      },
    ),
    holdsAsync('no datagram of a stranger makes our DTLS throw, or lets him in', [fc.nat()], async (seed) => {
      const random = seededRandom(seed);
      const { server: certificate, client } = testCertificates();
      const server = new Dtls({ certificate, role: 'server', clock: systemClock, send: () => {}, closed: () => {} });
      const outcome = server.handshake([client.fingerprint]);
      for (let i = 0; i < 40; i++) server.receive(mutated(flights[upTo(random, flights.length)]!, random));
      server.close();
      assert.equal((await outcome).ok, false);
    }),
  ],
};
