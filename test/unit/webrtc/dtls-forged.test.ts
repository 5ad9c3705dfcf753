import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../server/lib/clock.js';
import { DTLS_LIMITS } from '../../../server/webrtc/limits.js';
import { type DtlsPair, dtlsPair, type Link, type PairOptions } from '../../support/peers/dtls-pair.js';
import { waitFor } from '../../support/wait-for.js';

/** A plaintext record (RFC 6347 section 4.1), or one that claims to be under keys. */
function record(type: number, body: Uint8Array, { epoch = 0, sequence = 0, version = 0xfefd } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(version, 1);
  header.writeUInt16BE(epoch, 3);
  header.writeUIntBE(sequence, 5, 6);
  header.writeUInt16BE(body.length, 11);
  return Buffer.concat([header, body]);
}

function message(type: number, body: Uint8Array, sequence = 0, length = body.length, offset = 0): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(length, 1, 3);
  header.writeUInt16BE(sequence, 4);
  header.writeUIntBE(offset, 6, 3);
  header.writeUIntBE(body.length, 9, 3);
  return Buffer.concat([header, body]);
}

const [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA] = [20, 21, 22, 23] as const;
const ALERTS = [[2, 40], [2, 80], [1, 0], [1, 100], [2]].map((alert) => Buffer.from(alert));

/** What anyone can send who knows addresses and ports, whenever he likes. */
const FORGED: readonly (readonly [name: string, datagram: Buffer])[] = [
  ...ALERTS.map((alert, i) => [`alert ${i}`, record(ALERT, alert, { sequence: 500 })] as const),
  ...ALERTS.map((alert, i) => [`alert ${i} under keys`, record(ALERT, alert, { epoch: 1, sequence: 900 })] as const),
  ['ChangeCipherSpec', record(CHANGE_CIPHER_SPEC, Buffer.of(1), { sequence: 501 })],
  ['ChangeCipherSpec of two bytes', record(CHANGE_CIPHER_SPEC, Buffer.of(1, 1), { sequence: 502 })],
  ['ChangeCipherSpec of nothing', record(CHANGE_CIPHER_SPEC, Buffer.alloc(0), { sequence: 503 })],
  ['data in the clear', record(DATA, Buffer.from('input'), { sequence: 504 })],
  ['data under keys', record(DATA, Buffer.alloc(64), { epoch: 1, sequence: 901 })],
  ['data of a later epoch', record(DATA, Buffer.alloc(64), { epoch: 2, sequence: 1 })],
  ['HelloRequest', record(HANDSHAKE, message(0, Buffer.alloc(0)), { sequence: 505 })],
  ['HelloVerifyRequest', record(HANDSHAKE, message(3, Buffer.of(0xfe, 0xff, 0)), { sequence: 506 })],
  ['Finished in the clear', record(HANDSHAKE, message(20, Buffer.alloc(12), 5), { sequence: 507 })],
  ['Finished under keys', record(HANDSHAKE, message(20, Buffer.alloc(12), 5), { epoch: 1, sequence: 902 })],
  ['a message longer than its record', record(HANDSHAKE, message(1, Buffer.alloc(50), 0, 40), { sequence: 508 })],
  ['an enormous message', record(HANDSHAKE, message(11, Buffer.alloc(50), 9, 0xffffff), { sequence: 509 })],
  ['a message of a far later flight', record(HANDSHAKE, message(16, Buffer.alloc(50), 99), { sequence: 510 })],
  ['an unknown version', record(ALERT, ALERTS[0]!, { version: 0x0303 })],
  ['an unknown type', record(63, Buffer.alloc(20))],
  ['half a header', record(ALERT, ALERTS[0]!).subarray(0, 7)],
  ['a record that is cut off', record(HANDSHAKE, message(1, Buffer.alloc(90))).subarray(0, 60)],
  ['nothing', Buffer.alloc(0)],
  ['more than a datagram', record(HANDSHAKE, message(1, Buffer.alloc(DTLS_LIMITS.datagram.value)))],
];

function pairOf(options: PairOptions = {}): DtlsPair {
  const pair = dtlsPair(options);
  onTestFinished(() => pair.close());
  return pair;
}

async function works(pair: DtlsPair): Promise<void> {
  const read: string[] = [];
  pair.server.onData = (packet) => read.push(`to the server: ${packet}`);
  pair.client.onData = (packet) => read.push(`to the client: ${packet}`);
  pair.client.write(Buffer.from('up'));
  pair.server.write(Buffer.from('down'));
  await waitFor('data both ways', () => read.length === 2);
  expect(read.toSorted()).toEqual(['to the client: down', 'to the server: up']);
  expect(pair.ended).toEqual([]);
}

test.each(FORGED)('before the handshake, nothing comes of it: %s', async (_name, datagram) => {
  const pair = pairOf();
  pair.server.receive(datagram);
  const outcomes = await pair.shakeHands();
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  await works(pair);
});

test.each(FORGED)('between any two datagrams of the handshake, nothing comes of it: %s', async (_name, datagram) => {
  const between: Link = (bytes, deliver) =>
    setImmediate(() => {
      deliver(datagram);
      deliver(bytes);
      deliver(datagram);
    });
  const pair = pairOf({ up: between });
  const outcomes = await pair.shakeHands();
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  await works(pair);
});

test.each(FORGED)('after the handshake, nothing comes of it: %s', async (_name, datagram) => {
  const pair = pairOf();
  await pair.shakeHands();
  for (let i = 0; i < 20; i++) pair.server.receive(datagram);
  await works(pair);
});

test('a ClientHello that somebody else sent before gives way to the viewer’s', async () => {
  const hellos: Buffer[] = [];
  const other = pairOf({ up: (datagram) => hellos.push(datagram) });
  other.shakeHands().catch(() => {});
  await waitFor('a ClientHello', () => hellos.length > 0);
  let nowMs = 0;
  let isThere = false;
  const pair = pairOf({
    clock: { nowMs: () => nowMs, after: systemClock.after },
    down: (datagram, deliver) => {
      if (isThere) setImmediate(() => deliver(datagram));
    },
  });
  const server = pair.server.handshake([pair.certificates.client.fingerprint]);
  pair.server.receive(hellos[0]!);
  nowMs += DTLS_LIMITS.hello.value;
  isThere = true;
  expect(await pair.client.handshake([pair.certificates.server.fingerprint])).toMatchObject({ ok: true });
  expect(await server).toMatchObject({ ok: true });
  await works(pair);
});

test('ClientHellos that somebody else sends meanwhile do not take the place of the viewer’s', async () => {
  const hellos: Buffer[] = [];
  const other = pairOf({ up: (datagram) => hellos.push(datagram) });
  other.shakeHands().catch(() => {});
  await waitFor('a ClientHello', () => hellos.length > 0);
  const meanwhile: Link = (bytes, deliver) =>
    setImmediate(() => {
      deliver(bytes);
      deliver(hellos[0]!);
    });
  const pair = pairOf({ up: meanwhile });
  const outcomes = await pair.shakeHands();
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
});

test('handshakes that fail: the peer ends with the last one it is allowed', async () => {
  const pair = pairOf({ down: () => {} });
  const outcome = pair.server.handshake([pair.certificates.client.fingerprint]);
  for (let i = 0; i < DTLS_LIMITS.attempts.value; i++) {
    expect(pair.server.trouble === undefined).toBe(i === 0);
    pair.server.receive(record(HANDSHAKE, message(1, impossibleHello(i)), { sequence: i }));
  }
  expect(await outcome).toMatchObject({ ok: false, error: expect.stringContaining('no shared cipher') });
});

test('datagrams of one handshake: those beyond the limit are not looked at', async () => {
  const pair = pairOf({ down: () => {} });
  const outcome = pair.server.handshake([pair.certificates.client.fingerprint]);
  for (let i = 0; i < DTLS_LIMITS.handshake.value; i++) pair.server.receive(record(ALERT, ALERTS[0]!));
  for (let i = 0; i < 20; i++) pair.server.receive(record(HANDSHAKE, message(1, impossibleHello(i)), { sequence: i }));
  expect(pair.server.trouble).toBeUndefined();
  pair.server.close();
  expect(await outcome).toMatchObject({ ok: false });
});

test('datagrams before the answer is there: so many are kept, and no more', () => {
  const troubleAfter = (earlier: number) => {
    const { server, certificates } = pairOf({ down: () => {} });
    for (let i = 0; i < earlier; i++) server.receive(record(ALERT, ALERTS[0]!));
    server.receive(record(HANDSHAKE, message(1, impossibleHello(0))));
    void server.handshake([certificates.client.fingerprint]);
    return server.trouble;
  };
  const { early } = DTLS_LIMITS;
  expect(troubleAfter(early.value - 1)).toContain('no shared cipher');
  expect(troubleAfter(early.value)).toBeUndefined();
});

/** A ClientHello of DTLS 1.2 that offers one cipher nobody takes (RFC 5246 section 7.4.1.2). */
function impossibleHello(random: number): Buffer {
  const [version, noSession, noCookie] = [Buffer.of(0xfe, 0xfd), Buffer.of(0), Buffer.of(0)];
  const [ciphers, compression] = [Buffer.of(0, 2, 0, 0x2f), Buffer.of(1, 0)];
  return Buffer.concat([version, Buffer.alloc(32, random + 1), noSession, noCookie, ciphers, compression]);
}
