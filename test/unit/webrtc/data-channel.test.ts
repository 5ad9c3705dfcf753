import { expect, onTestFinished, test } from 'vitest';
import { CHANNEL_LIMITS, SCTP_LIMITS } from '../../../server/webrtc/limits.js';
import { DataChannel } from '../../../server/webrtc/transport/data-channel.js';
import { chunk, dataChunk, fields, RawSctp, sackChunk, sctpPacket } from '../../support/peers/raw-sctp.js';
import { type ServedChannel, servedChannel } from '../../support/peers/served-channel.js';
import { waitFor } from '../../support/wait-for.js';

async function served(initialTsn?: number): Promise<ServedChannel> {
  const channel = await servedChannel(initialTsn);
  onTestFinished(() => channel.channel.close());
  return channel;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('messages of up to 64 KiB arrive, and what is sent is acknowledged', async () => {
  const { viewer, channel, messages, failures } = await served();
  viewer.message(Buffer.alloc(SCTP_LIMITS.message.value, 1));
  viewer.message(Buffer.from('small'));
  await waitFor('two messages', () => messages.length === 2);
  expect(messages.map(({ length }) => length)).toEqual([65_536, 5]);
  const before = viewer.serverTsn;
  channel.send(Buffer.alloc(3_000, 2));
  await waitFor('three fragments', () => viewer.serverTsn === before + 3);
  expect(failures).toEqual([]);
});

test.each([
  ['in order', 0],
  ['unordered and back to front', 4],
])('a message of more than 64 KiB ends the viewer: %s', async (_name, unordered) => {
  const { viewer, messages, failures } = await served();
  const fragments = Array.from({ length: 65 }, (_, i) =>
    dataChunk(viewer.tsn + i, Buffer.alloc(1024), {
      sequence: viewer.sequence,
      flags: unordered | (i === 0 ? 2 : 0) | (i === 64 ? 1 : 0),
    }),
  );
  for (const fragment of unordered ? fragments.toReversed() : fragments) viewer.send(fragment);
  await waitFor('the end', () => failures.length > 0);
  expect(failures[0]).toContain('a message of more than 65536 bytes');
  expect(messages.filter(({ length }) => length > 65_536)).toEqual([]);
});

/** The bytes of the messages that came whole from the server, in their order. */
function arrived({ viewer }: ServedChannel): number[] {
  const sizes: number[] = [];
  for (const { type, packet } of viewer.received) {
    if (type !== 0 || packet.readUInt32BE(24) !== 53) continue;
    // The flag of a first fragment (RFC 9260 section 3.3.1).
    if ((packet[13]! & 2) > 0) sizes.push(0);
    sizes.push(sizes.pop()! + packet.readUInt16BE(14) - 16);
  }
  return sizes;
}

test.each([
  ['in number', Array<number>(CHANNEL_LIMITS.queue.value).fill(2)],
  ['in bytes', Array<number>(16).fill(CHANNEL_LIMITS.queueBytes.value / 16)],
])(
  'messages that wait for a viewer: at the limit all arrive, one beyond is dropped, later ones arrive: %s',
  async (_name, sizes) => {
    const channel = await served();
    // The first one waits for nobody.
    for (const size of [1, ...sizes, 3]) channel.channel.send(Buffer.alloc(size));
    await waitFor('a message behind them', async () => {
      // Acknowledgements are work, which has its bound.
      channel.nowMs += 1_000;
      await settled();
      if (arrived(channel).length > sizes.length) channel.channel.send(Buffer.alloc(5));
      return arrived(channel).at(-1) === 5;
    });
    expect(arrived(channel).filter((size) => size !== 5)).toEqual([1, ...sizes]);
    expect(channel.failures).toEqual([]);
  },
);

test('an error of whoever takes a message is the peer’s, not the process’s', async () => {
  const viewer = new RawSctp();
  const failures: string[] = [];
  const channel = new DataChannel(
    viewer,
    { nowMs: () => 0 },
    {
      opened: () => {},
      message: () => {
        throw new Error('a bug');
      },
      closed: () => {},
      failed: (reason) => failures.push(reason),
      noticed: () => {},
    },
  );
  onTestFinished(() => channel.close());
  channel.start(5000);
  await waitFor('an open channel', () => channel.isOpen);
  viewer.message(Buffer.from('any'));
  await waitFor('the failure', () => failures.length > 0);
  expect(failures).toEqual(['SCTP: a bug']);
});

test('numbers that begin anew or gain a digit while a chunk is missing: all arrives, or the viewer is told', async () => {
  for (const initialTsn of [2 ** 32 - 4, 999_999_996, 1_000]) {
    const { viewer, messages, failures } = await served(initialTsn);
    const first = viewer.tsn;
    const late = dataChunk(first, Buffer.from('0'), { sequence: viewer.sequence });
    for (let i = 1; i < 8; i++) viewer.send(dataChunk(first + i, Buffer.from(String(i)), { sequence: viewer.sequence + i }));
    viewer.send(late);
    await waitFor('all of it or an end', () => messages.length === 8 || failures.length > 0);
    if (initialTsn === 1_000) expect(messages.map(String)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  }
});

/** What a few hundred packets cost, ms of CPU. */
async function costMs({ viewer }: ServedChannel, packets: readonly Buffer[]): Promise<number> {
  const before = process.cpuUsage();
  for (const packet of packets) viewer.onData?.(packet);
  await settled();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('hostile packets cost the event loop little more than honest ones', async () => {
  const PACKETS = 500;
  const honest = await served();
  const messages = Array.from({ length: PACKETS }, (_, i) =>
    sctpPacket(honest.viewer.tag, dataChunk(honest.viewer.tsn + i, Buffer.alloc(7), { sequence: honest.viewer.sequence + i })),
  );
  const fair = await costMs(honest, messages);
  const attacks: Record<string, (viewer: RawSctp, i: number) => Buffer[]> = {
    'ranges of 65,535 numbers': (viewer) => [
      sackChunk(
        viewer.serverTsn,
        Array.from({ length: 250 }, () => [1, 65_535]),
      ),
    ],
    'chunks far ahead': (viewer, i) => [dataChunk(viewer.tsn + 1 + ((i * 7919) % 60_000), Buffer.alloc(7))],
    'many chunks ahead in a packet': (viewer, i) =>
      Array.from({ length: 50 }, (_, j) => dataChunk(viewer.tsn + 1 + ((i * 50 + j) % 250), Buffer.alloc(1))),
    'fragments that never end': (viewer, i) => [
      dataChunk(viewer.tsn + i, Buffer.alloc(100), { sequence: viewer.sequence, flags: i === 0 ? 2 : 0 }),
    ],
    heartbeats: () => [chunk(4, Buffer.concat([fields([2, 1], [2, 1_000]), Buffer.alloc(996)]))],
    'chunks of no length': () => [chunk(11, Buffer.alloc(0), 0, 0)],
    'resets of many streams': (viewer) => [
      chunk(130, Buffer.concat([fields([2, 13], [2, 416], [4, 1], [4, 1], [4, viewer.tsn - 1]), Buffer.alloc(400, 3)])),
    ],
    'skips far ahead': (viewer, i) => [chunk(192, fields([4, viewer.tsn + i * 100_000], [2, 1], [2, i]))],
  };
  const costs: Record<string, number> = {};
  for (const [name, make] of Object.entries(attacks)) {
    const hostile = await served();
    costs[name] = await costMs(
      hostile,
      Array.from({ length: PACKETS }, (_, i) => sctpPacket(hostile.viewer.tag, ...make(hostile.viewer, i))),
    );
  }
  for (const [name, cost] of Object.entries(costs)) expect(cost, name).toBeLessThan(5 * fair + 50);
});
