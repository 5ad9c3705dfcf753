import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HONEST_SCREEN, type HonestViewers, openHonestViewers } from '../support/peers/honest-viewers.js';
import { type HostilePeer, openHostilePeer } from '../support/peers/hostile-peer.js';
import { chunk, dataChunk, fields, type RawSctp, sackChunk, sctpPacket } from '../support/peers/raw-sctp.js';
import { type Product, startProduct } from '../support/servers/product.js';
import { waitFor } from '../support/wait-for.js';

const UDP_PORT = 13_420;
const PACKETS = 5_000;
/** What the server's memory may grow by over all that this file does. */
const MEMORY_LIMIT_MB = 100;
const BYTE = Buffer.of(7);

let product: Product;
let viewers: HonestViewers;
let residentBeforeMb: number;

beforeAll(async () => {
  product = await startProduct({ env: { ...HONEST_SCREEN, NEKO_WEBRTC_UDPMUX: String(UDP_PORT) } });
  viewers = await openHonestViewers(product);
  residentBeforeMb = residentMb();
});
afterAll(async () => {
  await viewers?.close();
  await product?.stop();
});

function residentMb(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${product.pid()}/status`, 'utf8'))?.[1]) / 1024;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The chunks of the i-th packet. */
type Attack = (sctp: RawSctp, i: number) => readonly Buffer[];

const ranges = (count: number) => Array.from({ length: count }, (_, i) => [2 * i + 1, 2 * i + 1] as const);
const init = chunk(1, fields([4, 1], [4, 1], [2, 1], [2, 1], [4, 1]));
const reset = (sctp: RawSctp, streams: Buffer) =>
  chunk(130, Buffer.concat([fields([2, 13], [2, 16 + streams.length], [4, 1], [4, 1], [4, sctp.tsn - 1]), streams]));
/** A fragment of the message that is under way: 2 begins, 1 ends, 4 unordered. */
const fragment = (sctp: RawSctp, tsn: number, flags: number, bytes = 1_024) =>
  dataChunk(tsn, Buffer.alloc(bytes), { sequence: sctp.sequence, flags });

async function flood({ sctp, isEnded }: HostilePeer, attack: Attack, packets: number): Promise<void> {
  for (let i = 0; i < packets && !isEnded(); i += 1) {
    sctp.send(...attack(sctp, i));
    if (i % 20 === 0) await pause(2);
  }
}

async function hostile(name: string): Promise<HostilePeer> {
  const peer = await openHostilePeer(product, name, UDP_PORT);
  onTestFinished(() => peer.close());
  return peer;
}

const reasons = ({ sessionId }: HostilePeer) =>
  product
    .output()
    .split('\n')
    .filter((line) => line.includes('peer closed') && line.includes(sessionId));

const BORNE: readonly (readonly [string, Attack])[] = [
  ['acknowledgements of thousands of ranges', ({ serverTsn }, i) => [sackChunk(serverTsn, ranges([300, 480, 4_000][i % 3]!))]],
  ['acknowledgements of ranges of 65,535 numbers', ({ serverTsn }) => [sackChunk(serverTsn, Array(250).fill([1, 65_535]))]],
  ['DATA far beyond the window', ({ tsn }, i) => [dataChunk(tsn + 300 + ((i * 7_919) % 2 ** 31), Buffer.alloc(1_000))]],
  ['DATA that waits for a chunk that never comes', ({ tsn }, i) => [dataChunk(tsn + 1 + (i % 255), Buffer.alloc(1_000))]],
  [
    'tens of thousands of chunks',
    ({ tsn }, i) => Array.from({ length: 64 }, (_, j) => dataChunk(tsn + 1 + ((64 * i + j) % 255), BYTE)),
  ],
  ['more chunks in a packet than are read', ({ tsn }) => Array.from({ length: 80 }, () => dataChunk(tsn + 1, BYTE))],
  [
    'INITs in the association',
    (sctp) => {
      sctp.onData?.(sctpPacket(0, init));
      return [init];
    },
  ],
  ['answers to an INIT, and cookies', (_sctp, i) => [chunk(i % 2 === 0 ? 2 : 10, Buffer.alloc(24, 1))]],
  ['skips far ahead', ({ tsn }, i) => [chunk(192, fields([4, (tsn + 300 + i * 100_000) >>> 0], [2, 1], [2, i]))]],
  ['skips of many streams', ({ tsn }) => [chunk(192, Buffer.concat([fields([4, tsn - 1]), Buffer.alloc(1_000)]))]],
  ['resets of many streams', (sctp) => [reset(sctp, Buffer.alloc(400, 3))]],
  ['resets of streams that are not settled', (sctp) => [reset(sctp, fields([2, 3])), fragment(sctp, sctp.tsn + 5, 2, 100)]],
  ['chunks of no length', () => [chunk(11, Buffer.alloc(0), 0, 0)]],
];

test.each(BORNE)('%s: nobody notices, and who sent them goes on', async (name, attack) => {
  let peer: HostilePeer | undefined;
  await viewers.unbothered(async () => {
    peer = await hostile(name);
    await flood(peer, attack, PACKETS);
  });
  const { sctp } = peer!;
  await waitFor('an answer to a heartbeat', () => {
    sctp.send(chunk(4, fields([2, 1], [2, 8], [4, 0])));
    return sctp.received.some(({ type }) => type === 5);
  });
  expect(reasons(peer!)).toEqual([]);
});

const ENDED: readonly (readonly [string, string, Attack])[] = [
  [
    'a message of more than 64 KiB',
    'SCTP: a message of more than 65536 bytes',
    (sctp, i) => [fragment(sctp, sctp.tsn + i, i === 0 ? 2 : 0)],
  ],
  [
    'a message of fragments that never ends',
    'SCTP: a message of more than 256 fragments',
    (sctp, i) => [fragment(sctp, sctp.tsn + i, i === 0 ? 2 : 0, 1)],
  ],
  [
    'an unordered message of more than 64 KiB, back to front',
    'SCTP: a message of more than 65536 bytes',
    (sctp, i) => [fragment(sctp, sctp.tsn + 64 - i, 4 | (i === 64 ? 2 : 0) | (i === 0 ? 1 : 0))],
  ],
  [
    'messages on more streams than there are',
    'SCTP: data on stream 256',
    ({ tsn }, i) => [dataChunk(tsn + i, BYTE, { stream: 2 + i })],
  ],
  [
    'an acknowledgement of what was never sent',
    'SCTP: an acknowledgement of what was never sent',
    ({ serverTsn }) => [sackChunk(serverTsn + 100)],
  ],
  ['a reset of the channel', 'the data channel closed', (sctp) => [reset(sctp, fields([2, 1]))]],
  ['a shutdown', 'SCTP: shut down by the other side', ({ serverTsn }) => [chunk(7, fields([4, serverTsn]))]],
];

test.each(ENDED)('%s: its sender is ended by the reason in the log, and nobody notices', async (name, reason, attack) => {
  let peer: HostilePeer | undefined;
  await viewers.unbothered(async () => {
    peer = await hostile(name);
    await flood(peer, attack, 300);
    await waitFor('the end', () => peer?.isEnded());
  });
  await waitFor('the reason in the log', () => reasons(peer!).length > 0);
  expect(reasons(peer!)).toEqual([expect.stringContaining(reason)]);
});

test('after all of it the server holds little more memory than before', () => {
  expect(residentMb() - residentBeforeMb).toBeLessThan(MEMORY_LIMIT_MB);
});
