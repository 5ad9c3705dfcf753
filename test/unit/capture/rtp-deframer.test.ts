import { expect, test } from 'vitest';
import { frameRtp, RESTART_MARKER, type RtpChunk, RtpDeframer } from '../../../server/capture/streams/rtp-deframer.js';

const PACKETS = [Buffer.from('8060000100000001', 'hex'), Buffer.alloc(1180, 7), Buffer.from([1])];

/** The contents, with packets of neighbouring reads joined, since where reads end means nothing. */
function contents(chunks: readonly RtpChunk[]): string[] {
  return chunks.flatMap((chunk) =>
    chunk.kind === 'restart' ? ['restart'] : chunk.packets.map((packet) => packet.toString('hex')),
  );
}

test('RFC 4571 section 2: each packet is preceded by its length in two bytes', () => {
  expect(frameRtp([Buffer.from('aabb', 'hex'), Buffer.from('cc', 'hex')]).toString('hex')).toBe('0002aabb0001cc');
});

test('packets and restarts come out in order wherever the reads end', () => {
  const stream = Buffer.concat([RESTART_MARKER, frameRtp(PACKETS), RESTART_MARKER, frameRtp(PACKETS)]);
  const hex = PACKETS.map((packet) => packet.toString('hex'));
  const expected = ['restart', ...hex, 'restart', ...hex];
  for (const size of [1, 2, 3, 7, 500, 1181, 1182, 1183, stream.length]) {
    const deframer = new RtpDeframer();
    const chunks: RtpChunk[] = [];
    for (let at = 0; at < stream.length; at += size) {
      // A copy, overwritten afterwards: nothing may depend on the reader's buffer.
      const read = Buffer.from(stream.subarray(at, at + size));
      chunks.push(
        ...deframer
          .read(read)
          .map((chunk) => (chunk.kind === 'restart' ? chunk : { ...chunk, packets: chunk.packets.map((p) => Buffer.from(p)) })),
      );
      read.fill(0xee);
    }
    expect(contents(chunks), `reads of ${size}`).toEqual(expected);
  }
});

test('one read of whole packets is one batch of views without copies', () => {
  const read = frameRtp(PACKETS);
  const chunks = new RtpDeframer().read(read);
  expect(chunks).toHaveLength(1);
  const [chunk] = chunks;
  if (chunk?.kind !== 'packets') throw new Error('packets expected');
  expect(chunk.packets.every((packet) => packet.buffer === read.buffer)).toBe(true);
});
