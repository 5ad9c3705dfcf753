import { expect, test } from 'vitest';
import { parseRtcp } from '../../../server/media/rtcp/rtcp.js';
import { compactNtp, roundTripMs, writeSourceDescription } from '../../../server/media/rtcp/rtcp-writer.js';
import { hex } from './ciphers.js';

const parse = (text: string) => parseRtcp(hex(text), 0, hex(text).length);

test.each([
  [
    'RFC 3550 6.4.2 receiver report, cumulative loss below zero',
    '81c90007 00000001 00001111 40fffffe 00012345 00000384 aabbccdd 00010000',
    [
      {
        kind: 'receiver-report',
        ssrc: 1,
        blocks: [
          { ssrc: 0x1111, fractionLost: 0.25, totalLost: -2, jitter: 900, lastReport: 0xaabbccdd, delaySinceLastReport: 65_536 },
        ],
      },
    ],
  ],
  [
    'RFC 4585 6.2.1 generic NACK, over the end of the circle',
    '81cd0003 00000001 00001111 fffe0005',
    [{ kind: 'nack', mediaSsrc: 0x1111, sequences: [0xfffe, 0xffff, 1] }],
  ],
  ['RFC 4585 6.3.1 PLI', '81ce0002 00000001 00001111', [{ kind: 'pli', mediaSsrc: 0x1111 }]],
  ['RFC 5104 4.3.1 FIR', '84ce0004 00000001 00000000 00001111 07000000', [{ kind: 'fir', mediaSsrc: 0x1111, commandNumber: 7 }]],
  ['REMB', '8fce0005 00000001 00000000 52454d42 01 0de848 00001111', [{ kind: 'remb', bitrateBps: 0x1e848 * 8 }]],
  ['RFC 3550 6.6 BYE', '81cb0001 00001111', [{ kind: 'bye', ssrc: 0x1111 }]],
  [
    'compound with something unknown in between',
    '80cf0001 00000001 81ce0002 00000001 00001111',
    [{ kind: 'pli', mediaSsrc: 0x1111 }],
  ],
  ['a length that lies', '81ce0009 00000001 00001111', []],
  ['another version', '41ce0002 00000001 00001111', []],
  ['padding longer than the packet', 'a1ce0002 00000001 000011ff', []],
] as const)('%s', (_name, text, messages) => {
  expect(parse(text)).toEqual(messages);
});

test.each([
  // Base 65535, 5 packets, reference 0x10 (1024 ms); run of 2 small, then a two-bit vector: large, lost, small.
  [
    'run length and vector',
    '8fcd0007 00000001 00001111 ffff 0005 000010 00 2002 e100 04 08 fff8 04 000000',
    65_535,
    [1_025, 1_027, 1_025, undefined, 1_026],
  ],
  ['one-bit vector', '8fcd0005 00000001 00001111 0001 0003 000001 00 a800 04 04 00000000', 1, [65, undefined, 66]],
  ['reference below zero', '8fcd0005 00000001 00001111 0000 0001 ffffff 00 2001 00 00', 0, [-64]],
] as const)('transport-wide feedback: %s', (_name, text, firstSequence, receivedAtMs) => {
  const [message] = parse(text);
  const arrived = receivedAtMs.flatMap((atMs, i) => (atMs === undefined ? [] : [i]));
  const arrivedAtMs = receivedAtMs.filter((atMs) => atMs !== undefined);
  expect(message).toEqual({ kind: 'transport-feedback', firstSequence, count: receivedAtMs.length, arrived, arrivedAtMs });
});

test('feedback about 65,535 packets that did not arrive keeps nothing of them', () => {
  // Nine runs of 8191 packets, none of which arrived.
  const [message] = parse(`8fcd0009 00000001 00001111 0000 ffff 000000 00 ${'1fff'.repeat(9)} 0000`);
  expect(message).toEqual({ kind: 'transport-feedback', firstSequence: 0, count: 65_535, arrived: [], arrivedAtMs: [] });
});

test('a run of 8191 packets that arrived needs the time of each', () => {
  expect(parse('8fcd0006 00000001 00001111 0000 1fff 000000 00 3fff 0000 00000000')).toEqual([]);
});

test('no bytes make the reader throw or run away', () => {
  let seed = 20_251;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 16;
  };
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(Array.from({ length: random() % 80 }, random));
    bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
    if (bytes.length > 3) {
      bytes[1] = 200 + (bytes[1]! % 8);
      bytes.writeUInt16BE(random() % 20, 2);
    }
    expect(Array.isArray(parseRtcp(bytes, 0, bytes.length))).toBe(true);
  }
});

test.each(['', 'a', 'ab', 'abc', 'abcd', 'x'.repeat(300)])(
  'RFC 3550 6.5: the item list of CNAME %j ends in a zero and fills its word',
  (cname) => {
    const out = new Uint8Array(512).fill(0xff);
    const length = writeSourceDescription(out, 0, 1, cname);
    expect(length % 4).toBe(0);
    expect(out[length - 1]).toBe(0);
    expect(out[9]).toBe(Math.min(255, cname.length));
    expect(((out[2]! << 8) | out[3]!) * 4 + 4).toBe(length);
  },
);

test('a round trip is what remains of the time since the sender report', () => {
  const sentAt = 1_750_000_000_123;
  expect(roundTripMs(sentAt + 300, compactNtp(sentAt), 0.2 * 65_536)).toBeCloseTo(100, 0);
  expect(roundTripMs(sentAt, 0, 0)).toBeUndefined();
});
