import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import fc from 'fast-check';
import { FrameReader, frameTcp } from '../../../server/ice/sockets/frame-reader.js';
import { openTcpMux, type TcpMux } from '../../../server/ice/sockets/tcp-mux.js';
import { encodeStun } from '../../../server/ice/stun/stun.js';
import { systemClock } from '../../../server/lib/clock.js';
import { expectLinear } from '../cost.js';
import { anyBytes, mutated } from '../mutated.js';
import { holds, holdsAsync, type Target } from '../target.js';

const datagrams = fc.array(anyBytes(300), { maxLength: 12 });
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });

/** The bytes in pieces of these lengths, over and over. */
function pieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + lengths[i % lengths.length]!;
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

const binding = frameTcp(
  encodeStun({
    kind: 'request',
    method: 'binding',
    transactionId: Buffer.alloc(12, 1),
    attributes: { username: 'known:theirs' },
  }),
);

let mux: TcpMux | undefined;
let heard: Buffer[] = [];

async function open(): Promise<() => Promise<void>> {
  const opened = await openTcpMux({ listen: true, port: 0, clock: systemClock });
  if (!opened.ok) throw new Error(opened.error);
  mux = opened.value;
  mux.registerUfrag('known', {
    onConnection: () => ({ onFrame: (bytes) => heard.push(Buffer.from(bytes)), onClose: () => undefined }),
  });
  return () => opened.value.close();
}

/** Says the pieces over a connection of its own; resolves when that is over. */
function say(all: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: mux!.port });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.resume();
    for (const piece of all) socket.write(piece);
    socket.end();
  });
}

export const iceTcp: Target = {
  name: 'ice-tcp',
  open,
  properties: [
    holds('frames survive any cutting of the stream', [datagrams, cuts], (sent, lengths) => {
      const reader = new FrameReader();
      const got = pieces(Buffer.concat(sent.map(frameTcp)), lengths).flatMap((piece) =>
        reader.push(piece).map((each) => Buffer.from(each)),
      );
      assert.deepEqual(got, sent);
      assert.equal(reader.pendingBytes, 0);
    }),
    holds('any stream is frames and a rest that is no longer than one', [anyBytes(2_000), cuts], (bytes, lengths) => {
      const reader = new FrameReader();
      let length = 0;
      for (const piece of pieces(bytes, lengths)) {
        length += reader.push(piece).reduce((sum, each) => sum + each.length + 2, 0);
        assert(reader.pendingBytes <= 65_537 && reader.pendingBytes < 2 + (reader.announcedBytes ?? 65_535));
      }
      assert.equal(length + reader.pendingBytes, bytes.length);
    }),
    holds('a stream in single bytes costs in proportion to its bytes', [fc.integer({ min: 200, max: 8_000 })], (announced) => {
      const of = (size: number) => Buffer.concat(Array<Buffer>(size).fill(frameTcp(Buffer.alloc(announced))));
      const times = (stream: Buffer) => {
        const reader = new FrameReader();
        for (let at = 0; at < stream.length; at++) reader.push(stream.subarray(at, at + 1));
      };
      expectLinear(of, times, 1);
    }),
    holdsAsync(
      'whatever a connection says, only frames behind a request for somebody are heard',
      [
        mutated(
          fc
            .tuple(fc.boolean(), datagrams)
            .map(([named, more]) => Buffer.concat([...(named ? [binding] : []), ...more.map(frameTcp)])),
        ),
        cuts,
      ],
      async (bytes, lengths) => {
        heard = [];
        await say(pieces(bytes, lengths));
        if (heard.length > 0) assert(heard[0]!.includes('known'));
        heard = [];
        await say([binding]);
        assert.deepEqual(heard, [binding.subarray(2)]);
      },
    ),
  ],
};
