import { expect, test } from 'vitest';
import { SCTP_LIMITS } from '../../../server/webrtc/limits.js';
import { SctpGuard } from '../../../server/webrtc/transport/sctp-guard.js';
import { chunk, type DataOptions, dataChunk, fields, sackChunk, sctpPacket } from '../../support/peers/raw-sctp.js';

const TAG = 0xabcd_1234;
/** The other side's first number, and ours. */
const [THEIRS, OURS] = [0xffff_fff0, 5_000];
const LAST = (THEIRS + 0xffff_ffff) % 2 ** 32;
const BYTE = Buffer.of(7);
const at = (number: number) => (THEIRS + number) % 2 ** 32;
const data = (number: number, bytes: Uint8Array = BYTE, options: DataOptions = {}) =>
  dataChunk(at(number), bytes, { sequence: number, ...options });
const initAck = chunk(2, fields([4, 9], [4, 100_000], [2, 10], [2, 10], [4, THEIRS]));

/** A guard with an association, of which `outstanding` DATA chunks of ours are under way. */
function guard(outstanding = 0): { receive(...chunks: Buffer[]): unknown; raw: SctpGuard } {
  let nowMs = 0;
  const raw = new SctpGuard(nowMs);
  raw.sent(sctpPacket(0, chunk(1, fields([4, TAG], [4, 100_000], [2, 10], [2, 10], [4, OURS]))));
  expect(raw.receive(sctpPacket(TAG, initAck), 0)).toBe('pass');
  for (let i = 0; i < outstanding; i++) raw.sent(sctpPacket(9, dataChunk(OURS + i, BYTE)));
  return {
    raw,
    receive(...chunks) {
      nowMs += 100;
      return raw.receive(sctpPacket(TAG, ...chunks), nowMs);
    },
  };
}

test('before our INIT was answered only the answer passes, and a second one never', () => {
  const raw = new SctpGuard(0);
  expect(raw.receive(sctpPacket(TAG, initAck), 0)).toBe('drop');
  raw.sent(sctpPacket(0, chunk(1, fields([4, TAG], [4, 100_000], [2, 10], [2, 10], [4, OURS]))));
  for (const early of [data(0), sackChunk(OURS - 1), chunk(4, Buffer.alloc(0)), chunk(192, fields([4, at(3)]))])
    expect(raw.receive(sctpPacket(TAG, early), 0)).toBe('drop');
  expect(raw.receive(sctpPacket(TAG, initAck), 0)).toBe('pass');
  expect(raw.receive(sctpPacket(TAG, initAck), 0)).toBe('drop');
});

test('a wrong tag or checksum is dropped', () => {
  const { raw } = guard();
  const packet = sctpPacket(TAG, data(0));
  packet[packet.length - 4]! ^= 1;
  expect(raw.receive(packet, 0)).toBe('drop');
  expect(raw.receive(sctpPacket(TAG + 1, data(0)), 0)).toBe('drop');
  expect(raw.receive(sctpPacket(TAG, data(0)), 0)).toBe('pass');
});

const zeroLength = chunk(11, Buffer.alloc(0), 0, 0);
const parameter = (length: number) => Buffer.concat([fields([2, 1], [2, length]), Buffer.alloc(4)]);
const reset = (lastTsn: number, ...streams: number[]) =>
  Buffer.concat([
    fields([2, 13], [2, 16 + 2 * streams.length], [4, 1], [4, 1], [4, lastTsn]),
    ...streams.map((id) => fields([2, id])),
  ]);

test.each([
  ['a chunk of length 0, which werift reads for ever', [zeroLength]],
  ['a chunk that is cut off', [chunk(4, Buffer.alloc(8), 0, 13)]],
  ['a parameter of length 0, which werift reads for ever', [chunk(4, parameter(0))]],
  ['a parameter of length 3', [chunk(9, parameter(3))]],
  ['a parameter beyond its chunk', [chunk(6, parameter(9))]],
  ['an INIT, which would begin the numbering anew', [chunk(1, fields([4, 1], [4, 1], [2, 1], [2, 1], [4, 1]))]],
  ['an INIT ACK with something behind it', [initAck, data(0)]],
  ['a COOKIE ECHO', [chunk(10, Buffer.alloc(24))]],
  ['an unknown chunk', [chunk(77, Buffer.alloc(4))]],
  ['data too short for its header', [chunk(0, Buffer.alloc(11), 3)]],
  ['two acknowledgements', [sackChunk(OURS - 1), sackChunk(OURS - 1)]],
  ['two heartbeats', [chunk(4, parameter(8)), chunk(4, parameter(8))]],
  ['an acknowledgement that is cut off', [chunk(3, fields([4, OURS - 1], [4, 1], [2, 1], [2, 0]))]],
  ['an acknowledgement from before the last one', [sackChunk(OURS - 2)]],
  ['a reset of three parameters', [chunk(130, Buffer.concat([reset(LAST, 3, 4), reset(LAST, 3, 4), reset(LAST, 3, 4)]))]],
  ['a reset that is cut off', [chunk(130, fields([2, 13], [2, 8], [4, 1]))]],
  ['a reset ahead of the data', [chunk(130, reset(at(0), 3, 4))]],
  ['a skip that is cut off', [chunk(192, fields([4, at(1)], [2, 1]))]],
  ['a skip on a stream beyond the last', [chunk(192, fields([4, at(1)], [2, SCTP_LIMITS.streams.value], [2, 0]))]],
])('dropped: %s', (_name, chunks) => {
  expect(guard().receive(...chunks)).toBe('drop');
});

test.each([
  ['a message', [data(0)]],
  ['many messages', Array.from({ length: SCTP_LIMITS.chunks.value }, (_, i) => data(i))],
  ['a heartbeat', [chunk(4, parameter(8))]],
  ['an acknowledgement beside data', [sackChunk(OURS - 1), data(0)]],
  ['a reset', [chunk(130, reset(LAST, 3, 4))]],
  ['a skip', [chunk(192, fields([4, at(1)], [2, 1], [2, 1]))]],
  ['the answer to our cookie beside data', [chunk(11, Buffer.alloc(0)), data(0)]],
  ['an abort', [chunk(6, parameter(8))]],
])('passes: %s', (_name, chunks) => {
  expect(guard().receive(...chunks)).toBe('pass');
});

test.each([
  ['data on a stream beyond the last', [data(0, BYTE, { stream: SCTP_LIMITS.streams.value })], 'data on stream 256'],
  ['a chunk without data', [data(0, Buffer.alloc(0))], 'a chunk without data'],
  ['a message that skips one of its stream', [data(0, BYTE, { sequence: 1 })], 'messages of a stream out of order'],
  ['a fragment without a beginning', [data(0, BYTE, { flags: 1 })], 'fragments out of order'],
  ['a beginning inside a message', [data(0, BYTE, { flags: 2 }), data(1, BYTE, { flags: 2 })], 'fragments out of order'],
  [
    'two messages mixed',
    [data(0, BYTE, { flags: 2 }), data(1, BYTE, { flags: 1, stream: 2 })],
    'fragments of two messages mixed',
  ],
  ['an acknowledgement of what was never sent', [sackChunk(OURS)], 'an acknowledgement of what was never sent'],
  ['a shutdown', [chunk(7, fields([4, OURS]))], 'shut down by the other side'],
])('ends the viewer: %s', (_name, chunks, reason) => {
  expect(guard().receive(...chunks)).toEqual({ end: `SCTP: ${reason}` });
});

test('chunks of a packet: at the limit and one beyond', () => {
  const of = (count: number) => Array.from({ length: count }, (_, i) => data(i));
  expect(guard().receive(...of(SCTP_LIMITS.chunks.value))).toBe('pass');
  expect(guard().receive(...of(SCTP_LIMITS.chunks.value + 1))).toBe('drop');
});

test('size of a packet: at the limit and one chunk beyond', () => {
  const room = SCTP_LIMITS.packet.value - 12 - 16;
  expect(guard().receive(data(0, Buffer.alloc(room)))).toBe('pass');
  expect(guard().receive(data(0, Buffer.alloc(room + 4)))).toBe('drop');
});

test('a message of 64 KiB passes, a byte more ends the viewer', () => {
  const send = (bytes: number) => {
    const { receive } = guard();
    const verdicts: unknown[] = [];
    for (let sent = 0, i = 0; sent < bytes; sent += 1024, i++) {
      const flags = (i === 0 ? 2 : 0) | (sent + 1024 >= bytes ? 1 : 0);
      verdicts.push(receive(data(i, Buffer.alloc(Math.min(1024, bytes - sent)), { sequence: 0, flags })));
    }
    return verdicts;
  };
  expect(new Set(send(SCTP_LIMITS.message.value))).toEqual(new Set(['pass']));
  expect(send(SCTP_LIMITS.message.value + 1).at(-1)).toEqual({ end: 'SCTP: a message of more than 65536 bytes' });
});

test('fragments of a message: at the limit and one beyond', () => {
  const { receive } = guard();
  const fragment = (i: number) => receive(data(i, BYTE, { sequence: 0, flags: i === 0 ? 2 : 0 }));
  for (let i = 0; i < SCTP_LIMITS.fragments.value; i++) expect(fragment(i)).toBe('pass');
  expect(fragment(SCTP_LIMITS.fragments.value)).toEqual({ end: 'SCTP: a message of more than 256 fragments' });
});

test('a chunk may come as far ahead as the window goes, and no further', () => {
  const { receive } = guard();
  expect(receive(data(SCTP_LIMITS.window.value - 1))).toBe('pass');
  expect(receive(data(SCTP_LIMITS.window.value))).toBe('drop');
  expect(receive(data(0))).toBe('pass');
  expect(receive(data(SCTP_LIMITS.window.value))).toBe('pass');
});

test('bytes that wait for an earlier chunk: at the limit and one beyond', () => {
  const { receive } = guard();
  const size = 1024;
  const fitting = SCTP_LIMITS.buffered.value / size;
  for (let i = 1; i < fitting; i++) expect(receive(data(i, Buffer.alloc(size)))).toBe('pass');
  expect(receive(data(fitting, Buffer.alloc(size + 1)))).toBe('drop');
  expect(receive(data(fitting - 1, Buffer.alloc(size)))).toBe('pass');
});

test('a skip reaches as far as the window goes', () => {
  const skip = (to: number) => chunk(192, fields([4, at(to)]));
  expect(guard().receive(skip(SCTP_LIMITS.window.value - 1))).toBe('pass');
  expect(guard().receive(skip(SCTP_LIMITS.window.value))).toBe('drop');
});

test('what came ahead is judged when its turn comes, also over the end of the numbers', () => {
  const { receive, raw } = guard();
  for (const number of [30, 2, 1, 3]) expect(receive(data(number))).toBe('pass');
  expect(receive(data(0))).toBe('pass');
  expect(raw.cumulative).toBe(at(3));
  for (let number = 4; number < 30; number++) expect(receive(data(number))).toBe('pass');
  expect(raw.cumulative).toBe(at(30));
  expect(receive(data(32, BYTE, { sequence: 99 }))).toBe('pass');
  expect(receive(data(31))).toEqual({ end: 'SCTP: messages of a stream out of order' });
});

test('a stream is not reset while something of it waits', () => {
  const { receive } = guard();
  expect(receive(data(0, BYTE, { flags: 2 }))).toBe('pass');
  expect(receive(chunk(130, reset(at(0), 1, 3)))).toBe('drop');
  expect(receive(data(1, BYTE, { sequence: 0, flags: 1 }))).toBe('pass');
  expect(receive(chunk(130, reset(at(1), 1, 3)))).toBe('pass');
  expect(receive(data(2, BYTE, { sequence: 0 })), 'numbered anew').toBe('pass');
});

test.each([
  ['all under way', [[1, 9]], 'pass'],
  [
    'two ranges',
    [
      [2, 3],
      [5, 9],
    ],
    'pass',
  ],
  ['one beyond what is under way', [[1, 10]], 'drop'],
  ['the whole range of numbers', [[1, 65_535]], 'drop'],
  ['backwards', [[5, 4]], 'drop'],
  [
    'overlapping',
    [
      [1, 5],
      [5, 6],
    ],
    'drop',
  ],
  ['from zero', [[0, 3]], 'drop'],
] as const)('ranges of an acknowledgement: %s', (_name, gaps, verdict) => {
  expect(guard(10).receive(sackChunk(OURS, gaps))).toBe(verdict);
});

test('ranges of an acknowledgement: at the limit and one beyond', () => {
  const ranges = (count: number) => Array.from({ length: count }, (_, i) => [2 * i + 2, 2 * i + 2] as const);
  const { gaps } = SCTP_LIMITS;
  expect(guard(1_000).receive(sackChunk(OURS, ranges(gaps.value)))).toBe('pass');
  expect(guard(1_000).receive(sackChunk(OURS, ranges(gaps.value + 1)))).toBe('drop');
});

test('work beyond the budget is dropped, and time brings it back', () => {
  const { raw } = guard();
  const heartbeat = sctpPacket(TAG, chunk(4, parameter(8)));
  let passed = 0;
  while (raw.receive(heartbeat, 0) === 'pass') passed += 1;
  const unitsEach = 7; // packet 2, chunk 1, heartbeat 4
  expect(passed).toBe(Math.floor(SCTP_LIMITS.burst.value / unitsEach));
  expect(raw.receive(heartbeat, 0)).toBe('drop');
  expect(raw.receive(heartbeat, 100)).toBe('pass');
});
