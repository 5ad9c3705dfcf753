import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MEDIA_LIMITS } from '../../../server/media/limits.js';
import { parseRtcp, type RtcpMessage } from '../../../server/media/rtcp/rtcp.js';
import { nodeCryptoSuite } from '../../../server/media/srtp/node-crypto-suite.js';
import { FakeStream, FakeViewer, fakeEngine } from '../../unit/media/fake-viewer.js';
import { expectLinear } from '../cost.js';
import { anyBytes, mutated } from '../mutated.js';
import { holds, type Target } from '../target.js';

const VIDEO = { kind: 'video', clockRateHz: 90_000, ssrc: 0x1111, payloadType: 96, extensions: { transportCc: 4 } } as const;

/** A packet of the given type and format whose length fits. */
function packet(type: number, format: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(body.length / 4) * 4);
  bytes.writeUInt8(0x80 | format, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
  body.copy(bytes, 4);
  return bytes;
}

const words = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, i * 4);
  return bytes;
};

/** Arrival of one packet after another: lost, or so many quarters of a millisecond later. */
const arrivals = fc.array(fc.oneof(fc.constant(undefined), fc.integer({ min: -0x8000, max: 0x7fff })), {
  minLength: 1,
  maxLength: 200,
});

/** A feedback by the book (draft-holmer-rmcat-transport-wide-cc-extensions-01), in vectors of two-bit symbols. */
function feedback(first: number, times: readonly (number | undefined)[]): Buffer {
  const symbols = times.map((delta) => (delta === undefined ? 0 : delta >= 0 && delta < 256 ? 1 : 2));
  const chunks: Buffer[] = [];
  for (let at = 0; at < symbols.length; at += 7) {
    const chunk = Buffer.alloc(2);
    const bits = symbols.slice(at, at + 7).reduce<number>((sum, symbol, i) => sum | (symbol << (12 - 2 * i)), 0xc000);
    chunk.writeUInt16BE(bits, 0);
    chunks.push(chunk);
  }
  const deltas = times.flatMap((delta, i) =>
    delta === undefined ? [] : symbols[i] === 1 ? [delta] : [(delta >> 8) & 0xff, delta & 0xff],
  );
  const head = words(1, VIDEO.ssrc, (first << 16) | times.length, 0x10_00);
  return packet(205, 15, Buffer.concat([head, ...chunks, Buffer.from(deltas)]));
}

const part = fc.oneof(
  fc
    .tuple(fc.nat({ max: 31 }), fc.integer({ min: 192, max: 223 }), anyBytes(60))
    .map(([format, type, body]) => packet(type, format, body)),
  fc
    .array(fc.nat({ max: 0xffff_ffff }), { minLength: 1, maxLength: 40 })
    .map((items) => packet(205, 1, words(1, VIDEO.ssrc, ...items))),
  fc.tuple(fc.nat({ max: 0xffff }), arrivals).map(([first, times]) => feedback(first, times)),
  fc
    .tuple(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff }), fc.array(fc.nat({ max: 0xffff }), { minLength: 1, maxLength: 20 }))
    .map(([first, count, chunks]) =>
      packet(
        205,
        15,
        Buffer.concat([
          words(1, VIDEO.ssrc, (first << 16) | count, 0),
          Buffer.from(chunks.flatMap((chunk) => [chunk >> 8, chunk & 0xff])),
        ]),
      ),
    ),
  fc
    .array(fc.nat({ max: 0xffff_ffff }), { minLength: 6, maxLength: 30 })
    .map((block) => packet(201, 5, words(1, VIDEO.ssrc, ...block))),
  fc.constantFrom(
    packet(206, 1, words(1, VIDEO.ssrc)),
    packet(206, 4, words(1, 0, VIDEO.ssrc, 0x0700_0000)),
    packet(203, 1, words(1)),
  ),
);
const compound = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => Buffer.concat(parts));
const anyRtcp = fc.oneof({ weight: 3, arbitrary: mutated(compound) }, { weight: 1, arbitrary: anyBytes(300) });

/** What is made of the bytes, counted. */
function amount(messages: readonly RtcpMessage[]): number {
  return messages.reduce((sum, message) => {
    if (message.kind === 'nack') return sum + 1 + message.sequences.length;
    if (message.kind === 'transport-feedback') return sum + 1 + message.arrived.length + message.arrivedAtMs.length;
    return sum + 1 + (message.kind === 'receiver-report' ? message.blocks.length : 0);
  }, 0);
}

const suite = nodeCryptoSuite();

function watching() {
  const { clock, engine } = fakeEngine(suite);
  const heard: string[] = [];
  const viewer = new FakeViewer(engine, suite, 'AEAD_AES_128_GCM', {
    onFeedback: ({ count, sentAtMs, bytes }) => {
      assert(count <= sentAtMs.length && bytes.length === sentAtMs.length);
      heard.push('feedback');
    },
    onReport: ({ jitterMs, fractionLost }) => assert(Number.isFinite(jitterMs) && fractionLost >= 0 && fractionLost < 1),
    onRemb: (bitrateBps) => assert(bitrateBps >= 0),
  });
  const stream = new FakeStream('main');
  const track = viewer.peer.addTrack(VIDEO);
  engine.fanout(stream).attach(track);
  stream.frame('key', { packets: 20 });
  clock.advance(50);
  return { clock, engine, viewer, track, heard };
}

/** The packet's words, as a viewer says them; what does not fill a word is left out. */
function say(viewer: FakeViewer, bytes: Buffer): void {
  const count = Math.floor(Math.min(bytes.length, 1_400) / 4);
  if (count >= 2) viewer.say(...Array.from({ length: count }, (_, i) => bytes.readUInt32BE(4 * i)));
}

export const rtcp: Target = {
  name: 'rtcp',
  properties: [
    holds('feedback by the book is read as it was meant', [fc.nat({ max: 0xffff }), arrivals], (first, times) => {
      const bytes = feedback(first, times);
      const [message] = parseRtcp(bytes, 0, bytes.length);
      assert(message?.kind === 'transport-feedback');
      let atMs = 0x10 * 64;
      const expected = times.flatMap((delta, i) => {
        if (delta === undefined) return [];
        atMs += delta / 4;
        return [[i, atMs]];
      });
      assert.deepEqual(
        message.arrived.map((i, row) => [i, message.arrivedAtMs[row]]),
        expected,
      );
      assert.deepEqual([message.firstSequence, message.count], [first, times.length]);
    }),
    holds('no bytes make more of themselves than five items a byte', [anyRtcp], (bytes) => {
      assert(amount(parseRtcp(bytes, 0, bytes.length)) <= 5 * bytes.length);
    }),
    holds('reading costs in proportion to the bytes', [part], (bytes) => {
      const of = (size: number) => Buffer.concat(Array<Buffer>(size).fill(bytes));
      expectLinear(of, (all) => void parseRtcp(all, 0, all.length), 40);
    }),
    holds(
      'whatever a viewer says, its own sender goes on and holds no more than it may',
      [fc.array(anyRtcp, { minLength: 1, maxLength: 5 })],
      (all) => {
        const { clock, engine, viewer, track } = watching();
        for (const bytes of all) say(viewer, bytes);
        clock.advance(100);
        assert(track.stats.resent <= 20 * MEDIA_LIMITS.resends.value);
        assert.equal(viewer.peer.stats.rtcpRejected, 0);
        const before = viewer.rtcp.length;
        clock.advance(2_000);
        assert(viewer.rtcp.length > before, 'sender reports go on');
        engine.close();
      },
    ),
    holds('a datagram without the keys is refused and changes nothing', [anyRtcp], (bytes) => {
      const { engine, viewer, track, heard } = watching();
      const before = JSON.stringify(track.stats);
      viewer.peer.receiveRtcp(bytes);
      assert.deepEqual([viewer.peer.stats.rtcpReceived, viewer.peer.stats.rtcpRejected, heard], [0, 1, []]);
      assert.equal(JSON.stringify(track.stats), before);
      engine.close();
    }),
  ],
};
