import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunk, dataChunk, fields, RawSctp, sackChunk, sctpPacket } from '../../support/peers/raw-sctp.js';
import { servedChannel } from '../../support/peers/served-channel.js';
import { holdsAsync, type Target } from '../target.js';

/** Chunks with fields that fit the association, and others that do not. */
function chunks({ tsn, sequence, serverTsn }: RawSctp): fc.Arbitrary<Buffer> {
  const near = (number: number) => fc.integer({ min: -3, max: 300 }).map((offset) => (number + offset) >>> 0);
  const bytes = fc.uint8Array({ maxLength: 64 });
  const u16 = fc.integer({ min: 0, max: 0xffff });
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const data = fc
    .tuple(fc.oneof(near(tsn), u32), bytes, fc.integer({ min: 0, max: 300 }), near(sequence), fc.integer({ min: 0, max: 7 }))
    .map(([number, content, stream, order, flags]) => dataChunk(number, content, { stream, sequence: order, flags }));
  const sack = fc
    .tuple(fc.oneof(near(serverTsn), u32), fc.array(fc.tuple(u16, u16), { maxLength: 20 }))
    .map(([number, gaps]) => sackChunk(number, gaps));
  const skip = fc
    .tuple(fc.oneof(near(tsn), u32), fc.array(fc.tuple(u16, u16), { maxLength: 5 }))
    .map(([number, streams]) =>
      chunk(192, Buffer.concat([fields([4, number]), ...streams.map(([a, b]) => fields([2, a], [2, b]))])),
    );
  const reset = fc
    .tuple(fc.constantFrom(13, 16, 17, 99), u16, near(tsn), fc.array(u16, { maxLength: 5 }))
    .map(([type, length, number, streams]) =>
      chunk(
        130,
        Buffer.concat([fields([2, type], [2, length], [4, 1], [4, 1], [4, number]), ...streams.map((id) => fields([2, id]))]),
      ),
    );
  const anything = fc
    .tuple(fc.integer({ min: 0, max: 255 }), bytes, fc.integer({ min: 0, max: 255 }), fc.option(u16, { nil: undefined }))
    .map(([type, body, flags, length]) => chunk(type, body, flags, length));
  return fc.oneof(data, sack, skip, reset, anything);
}

/** The guard's own reasons; anything else would be an error out of werift. */
function isNamed(reason: string): boolean {
  return /^SCTP: (a message of|a chunk without|data on stream|messages of|fragments|an acknowledgement of|shut down|the count of chunks)/.test(
    reason,
  );
}

const packets = fc.array(
  fc.oneof(fc.array(chunks(new RawSctp()), { minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 200 })),
  { minLength: 1, maxLength: 60 },
);
const eventsPass = () => new Promise((resolve) => setImmediate(resolve));
const rejected: unknown[] = [];

async function open(): Promise<() => Promise<void>> {
  const note = (reason: unknown) => rejected.push(reason);
  process.on('unhandledRejection', note);
  return async () => void process.off('unhandledRejection', note);
}

export const sctpGuard: Target = {
  name: 'sctp-guard',
  open,
  properties: [
    holdsAsync(
      'whatever a viewer sends, werift throws nothing, and a viewer is ended by a named bound',
      [packets],
      async (sent) => {
        const state = await servedChannel();
        for (const packet of sent) {
          state.nowMs += 10;
          const bytes = Array.isArray(packet) ? sctpPacket(state.viewer.tag, ...packet) : Buffer.from(packet);
          state.viewer.onData?.(bytes);
        }
        await eventsPass();
        state.channel.close();
        assert.deepEqual(rejected.splice(0), []);
        assert.deepEqual(
          state.failures.filter((reason) => !isNamed(reason)),
          [],
        );
      },
    ),
  ],
};
