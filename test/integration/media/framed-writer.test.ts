import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { writeFrames } from '../../../server/media/paths/framed-writer.js';
import { waitFor } from '../../support/wait-for.js';

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** Both ends of a connection. */
async function connection(): Promise<readonly [near: Socket, far: Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const near = createConnection({ host: '127.0.0.1', port: address.port, noDelay: true });
  const [[far]] = await Promise.all([once(server, 'connection'), once(near, 'connect')]);
  server.close();
  closers.push(
    () => near.destroy(),
    () => far.destroy(),
  );
  return [near, far];
}

test('connections share one buffer: what a stalled one has yet to take is not what the other was sent', async () => {
  const links = await Promise.all([connection(), connection()]);
  const hashes = links.map(([, far], i) => {
    const hash = { sum: createHash('sha1'), bytes: 0 };
    far.on('data', (chunk) => {
      hash.sum.update(chunk);
      hash.bytes += chunk.length;
    });
    // The first one reads nothing until everything was written, 16 MB: far more than the system keeps for it.
    if (i === 0) far.pause();
    return hash;
  });
  const expected = links.map(() => ({ sum: createHash('sha1'), bytes: 0 }));
  for (let round = 0; round < 1_600; round++) {
    for (const [i, [near]] of links.entries()) {
      const packets = Array.from({ length: 10 }, (_, n) => Buffer.alloc(1_000 + n, round * 31 + n * 7 + i));
      writeFrames(near, packets);
      for (const packet of packets) {
        expected[i]!.sum.update(Buffer.from([packet.length >> 8, packet.length & 0xff])).update(packet);
        expected[i]!.bytes += packet.length + 2;
      }
    }
    if (round % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(links[0]![0].writableLength).toBeGreaterThan(1_000_000);
  links[0]![1].resume();
  await waitFor('all bytes', () => hashes.every(({ bytes }, i) => bytes === expected[i]!.bytes));
  expect(hashes.map(({ sum }) => sum.digest('hex'))).toEqual(expected.map(({ sum }) => sum.digest('hex')));
});
