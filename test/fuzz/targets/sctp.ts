import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemClock } from '../../../server/lib/clock.js';
import { SctpAssociation } from '../../../server/webrtc/transport/sctp-association.js';
import { anyBytes, mutated, record } from '../mutated.js';
import { type Chunk, chunksOf, sctpPacket, withChecksum } from '../sctp-packet.js';
import { holdsAsync, type Target } from '../target.js';

const TYPE = { data: 0, init: 1, initAck: 2, sack: 3, heartbeat: 4, abort: 6, cookieEcho: 10, cookieAck: 11 } as const;
const OUR_TAG = 0x0102_0304;
const OUR_TSN = 100;

/** INIT ACK with a state cookie of four bytes (RFC 9260 section 3.3.3). */
function initAck(): Chunk {
  const body = Buffer.alloc(16 + 8);
  body.writeUInt32BE(OUR_TAG, 0);
  body.writeUInt32BE(128 * 1024, 4);
  body.writeUInt16BE(1_024, 8);
  body.writeUInt16BE(1_024, 10);
  body.writeUInt32BE(OUR_TSN, 12);
  body.writeUInt16BE(7, 16);
  body.writeUInt16BE(8, 18);
  return { type: TYPE.initAck, flags: 0, body };
}

function dataChunk(tsn: number, stream: number, sequence: number, ppid: number, flags: number, payload: Uint8Array): Chunk {
  const body = Buffer.alloc(12 + payload.length);
  body.writeUInt32BE(tsn >>> 0, 0);
  body.writeUInt16BE(stream, 4);
  body.writeUInt16BE(sequence, 6);
  body.writeUInt32BE(ppid >>> 0, 8);
  body.set(payload, 12);
  return { type: TYPE.data, flags, body };
}

/** DATA chunks of the messages, cut into parts of this length at most (RFC 9260 section 6.9). */
function partsOf(messages: readonly Uint8Array[], length: number): Chunk[] {
  const parts: Chunk[] = [];
  for (const [sequence, message] of messages.entries()) {
    for (let at = 0; at < message.length; at += length) {
      const flags = (at === 0 ? 2 : 0) | (at + length >= message.length ? 1 : 0);
      parts.push(dataChunk(OUR_TSN + parts.length, 1, sequence, 53, flags, message.subarray(at, at + length)));
    }
  }
  return parts;
}

const anyTsn = fc.oneof(fc.integer({ min: OUR_TSN - 3, max: OUR_TSN + 300 }), fc.nat({ max: 0xffff_ffff }));
const number32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
const anyChunk: fc.Arbitrary<Chunk> = fc.oneof(
  fc
    .tuple(anyTsn, fc.nat({ max: 5 }), fc.nat({ max: 0xffff }), fc.constantFrom(50, 51, 53, 0), fc.nat({ max: 7 }), anyBytes(60))
    .map(([tsn, stream, sequence, ppid, flags, payload]) => dataChunk(tsn, stream, sequence, ppid, flags, payload)),
  fc
    .tuple(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 40 }), fc.nat({ max: 0xffff }), anyBytes(80))
    .map(([ack, window, gaps, duplicates, rest]) => {
      const counts = Buffer.alloc(4);
      counts.writeUInt16BE(gaps, 0);
      counts.writeUInt16BE(duplicates, 2);
      return { type: TYPE.sack, flags: 0, body: Buffer.concat([number32(ack), number32(window), counts, rest]) };
    }),
  record({ type: fc.nat({ max: 255 }), flags: fc.nat({ max: 255 }), body: anyBytes(60) }),
  record({
    type: fc.constantFrom(TYPE.heartbeat, TYPE.init, TYPE.cookieEcho, TYPE.cookieAck, 7, 8, 9, 14, 130, 192),
    flags: fc.nat({ max: 3 }),
    body: anyBytes(60),
  }),
);

/** A server's association that is up, and how to say something to it. */
async function connected() {
  const messages: Buffer[] = [];
  let isUp = false;
  let isOver = false;
  let tag = 0;
  const association: SctpAssociation = new SctpAssociation(systemClock, {
    send: (packet) => answer(Buffer.from(packet)),
    connected: () => {
      isUp = true;
    },
    message: (_stream, _ppid, data) => messages.push(data),
    reset: () => undefined,
    closed: () => {
      isOver = true;
    },
    failed: () => {
      isOver = true;
    },
  });
  const answer = (packet: Buffer) => {
    for (const { type, body } of chunksOf(packet)) {
      if (type === TYPE.init) {
        tag = Buffer.from(body).readUInt32BE(0);
        setImmediate(() => association.receive(sctpPacket(tag, [initAck()])));
      } else if (type === TYPE.cookieEcho)
        setImmediate(() => association.receive(sctpPacket(tag, [{ type: TYPE.cookieAck, flags: 0, body: Buffer.alloc(0) }])));
    }
  };
  association.start(5_000);
  for (let i = 0; i < 100 && !isUp; i++) await eventsPass();
  assert(isUp, 'the association is up');
  return {
    association,
    messages,
    say: (packet: Buffer) => association.receive(packet),
    packet: (chunks: readonly Chunk[]) => sctpPacket(tag, chunks),
    isOver: () => isOver,
  };
}

const eventsPass = () => new Promise((resolve) => setImmediate(resolve));

export const sctp: Target = {
  name: 'sctp',
  properties: [
    holdsAsync(
      'messages come as they were sent, whatever the network does to their parts',
      [
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 5, max: 60 }),
        fc.array(fc.nat({ max: 200 }), { maxLength: 40 }),
      ],
      async (sent, partLength, arrivals) => {
        const { association, messages, say, packet } = await connected();
        const parts = partsOf(sent, partLength);
        // Some of them early, late or twice; then all of them again in order, as who hears of no receipt sends them.
        for (const arrival of arrivals) say(packet([parts[arrival % parts.length]!]));
        for (const part of parts) say(packet([part]));
        for (let i = 0; i < 50 && messages.length < sent.length; i++) await eventsPass();
        association.stop();
        assert.deepEqual(
          messages.map((each) => Uint8Array.from(each)),
          sent,
        );
      },
    ),
    holdsAsync(
      'whatever chunks come, in order or not, the association goes on or ends',
      [fc.array(fc.array(anyChunk, { minLength: 1, maxLength: 4 }), { maxLength: 12 })],
      async (packets) => {
        const { association, messages, say, packet } = await connected();
        for (const chunks of packets) say(packet(chunks));
        await eventsPass();
        const bytes = packets.flat().reduce((sum, { body }) => sum + body.length, 0);
        assert(messages.reduce((sum, message) => sum + message.length, 0) <= bytes);
        association.stop();
        await eventsPass();
      },
    ),
    holdsAsync(
      'any bytes with a checksum that fits do no harm',
      [mutated(fc.array(anyChunk, { minLength: 1, maxLength: 4 }).map((chunks) => sctpPacket(0, chunks)))],
      async (bytes) => {
        const { association, messages, say, packet, isOver } = await connected();
        say(bytes);
        say(withChecksum(bytes));
        // The tag is not ours: nothing of it may count (RFC 9260 section 8.5).
        say(packet([dataChunk(OUR_TSN, 1, 0, 53, 3, Buffer.from('honest'))]));
        for (let i = 0; i < 20 && messages.length === 0 && !isOver(); i++) await eventsPass();
        association.stop();
      },
    ),
  ],
};
