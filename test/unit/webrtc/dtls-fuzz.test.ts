import { expect, test } from 'vitest';
import { systemClock } from '../../../server/lib/clock.js';
import type { DtlsSession } from '../../../server/native/dtls-session.js';
import { Dtls } from '../../../server/webrtc/dtls.js';
import { dtlsPair, testCertificates } from '../../support/dtls-pair.js';
import { seededRandom } from '../../support/seeded-random.js';

// FUZZ_MINUTES lets both run for longer than their count of datagrams, SEED repeats a run.
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const MINUTES = Number(process.env.FUZZ_MINUTES ?? 0);
const DATAGRAMS = 12_000;
const PER_PAIR = 24;
const TIMEOUT_MS = 60_000 + MINUTES * 2 * 60_000;

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

/** Whether there is more to do: so many datagrams at least, and for as long as was asked for. */
function budget(): () => boolean {
  const endMs = performance.now() + MINUTES * 60_000;
  let left = DATAGRAMS;
  return () => left-- > 0 || performance.now() < endMs;
}

test(`OpenSSL survives any datagram in either role, seed ${SEED}`, { timeout: TIMEOUT_MS }, () => {
  const random = seededRandom(SEED);
  const goesOn = budget();
  const { context } = testCertificates().server;
  const options = { srtpProfiles: 'SRTP_AEAD_AES_128_GCM', mtu: 1200 };
  let connected = 0;
  while (goesOn()) {
    const sides = (['server', 'client'] as const).map((role) => ({ session: context.session({ ...options, role }), up: false }));
    const [server, client] = [sides[0]!, sides[1]!];
    const rate = [0.05, 0.3, 0.8][upTo(random, 3)]!;
    client.session.handshake();
    let flights = [{ to: server, datagrams: client.session.takeDatagrams() }];
    for (let i = 0; i < PER_PAIR && goesOn(); i++) {
      const { to, datagrams } = flights.shift() ?? { to: sides[i % 2]!, datagrams: [Buffer.alloc(30, i)] };
      const answers: Buffer[] = [];
      for (const datagram of datagrams) {
        const isAlive = feed(to, random() < rate ? mutated(datagram, random) : datagram, random);
        if (isAlive) answers.push(...to.session.takeDatagrams());
        else i = PER_PAIR;
      }
      flights.push({ to: to === server ? client : server, datagrams: answers });
      flights = flights.filter((flight) => flight.datagrams.length > 0);
    }
    connected += server.up ? 1 : 0;
    for (const { session } of sides) session.free();
  }
  expect(connected).toBeGreaterThan(10);
});

/** Gives one datagram to a side, and lets it write once it is up; false when it is over. */
function feed(side: { session: DtlsSession; up: boolean }, datagram: Buffer, random: Random): boolean {
  const { session } = side;
  session.receive(datagram);
  if (!side.up) {
    const progress = session.handshake();
    if (progress.kind === 'failed') return false;
    if (progress.kind === 'waiting') return true;
    side.up = true;
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

test(`no datagram of a stranger makes our DTLS throw, seed ${SEED}`, { timeout: TIMEOUT_MS }, async () => {
  const random = seededRandom(SEED);
  const goesOn = budget();
  const flights = await realFlights();
  const { server: certificate, client } = testCertificates();
  while (goesOn()) {
    const server = new Dtls({ certificate, role: 'server', clock: systemClock, send: () => {}, closed: () => {} });
    const outcome = server.handshake([client.fingerprint]);
    for (let i = 0; i < 40 && goesOn(); i++) server.receive(mutated(flights[upTo(random, flights.length)]!, random));
    server.close();
    expect(await outcome).toMatchObject({ ok: false });
  }
});

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
