import { expect, test } from 'vitest';
import { writeFrames } from '../../../server/media/paths/framed-writer.js';
import type { Outlet } from '../../../server/media/paths/outlet.js';
import { STREAM_QUEUE_BYTES, StreamBatches } from '../../../server/media/paths/stream-batches.js';

/** A connection that takes `room` packets; `writes` are what left at a time. */
function connection(together: boolean) {
  const state = { room: Number.POSITIVE_INFINITY, queuedBytes: 0, writes: [] as string[] };
  const take = (packets: readonly Uint8Array[]) => {
    const taken = packets.slice(0, state.room);
    state.room -= taken.length;
    if (taken.length > 0) state.writes.push(taken.map((packet) => Buffer.from(packet).toString('latin1')).join(' '));
    return taken.length;
  };
  const path = {
    kind: 'stream' as const,
    get queuedBytes() {
      return state.queuedBytes;
    },
    send: (packet: Uint8Array) => take([packet]) === 1,
    ...(together ? { sendAll: take } : {}),
  };
  return { state, path };
}

function put(outlet: Outlet, text: string): boolean {
  const slot = outlet.reserve();
  if (slot < 0) return false;
  outlet.commit(outlet.arena.bytes.write(text, slot, 'latin1'));
  return true;
}

test("what a viewer is sent at a time is one write; another viewer's turn ends it", () => {
  const batches = new StreamBatches();
  const [a, b] = [connection(true), connection(false)];
  const [toA, toB] = [batches.open(a.path), batches.open(b.path)];
  for (const text of ['1', '2', '3']) put(toA, text);
  for (const text of ['4', '5']) put(toB, text);
  expect([a.state.writes, b.state.writes]).toEqual([['1 2 3'], []]);
  expect(batches.flush()).toBe(false);
  expect(b.state.writes).toEqual(['4', '5']);
  put(toA, '6');
  toA.close();
  expect(a.state.writes).toEqual(['1 2 3', '6']);
});

test.each([true, false])(
  'what a connection did not take goes first, in order, and is tried again (written together: %s)',
  (together) => {
    const batches = new StreamBatches();
    const { state, path } = connection(together);
    const outlet = batches.open(path);
    state.room = 1;
    for (const text of ['1', '2', '3']) put(outlet, text);
    expect(batches.flush()).toBe(true);
    expect(put(outlet, 'no')).toBe(false);
    state.room = 1;
    batches.retry();
    expect(batches.flush()).toBe(true);
    state.room = 9;
    batches.retry();
    expect(batches.flush()).toBe(false);
    expect(put(outlet, '4')).toBe(true);
    batches.flush();
    expect(state.writes.join(' ')).toBe('1 2 3 4');
  },
);

test('a connection takes nothing more while 64 kB wait in it, what is being gathered included', () => {
  const batches = new StreamBatches();
  const { state, path } = connection(true);
  const outlet = batches.open(path);
  state.queuedBytes = STREAM_QUEUE_BYTES - 1_000;
  expect(put(outlet, 'x'.repeat(1_001))).toBe(true);
  expect(put(outlet, 'x')).toBe(false);
  batches.flush();
  expect(put(outlet, 'y')).toBe(true);
});

test('frames: two bytes of length before each packet, and what the system did not take yet is not written over', () => {
  const written: Uint8Array[] = [];
  const sink = { writableLength: 0, write: (bytes: Uint8Array) => void written.push(bytes) };
  const packet = (text: string) => Buffer.from(text, 'latin1');
  writeFrames(sink, [packet('abc'), packet('d'.repeat(0x101))]);
  expect(Buffer.from(written[0]!).toString('latin1')).toBe(`\x00\x03abc\x01\x01${'d'.repeat(0x101)}`);
  sink.writableLength = 5;
  writeFrames(sink, [packet('kept')]);
  sink.writableLength = 0;
  writeFrames(sink, [packet('next')]);
  expect(Buffer.from(written[1]!).toString('latin1')).toBe('\x00\x04kept');
  writeFrames(
    sink,
    Array.from({ length: 200 }, () => Buffer.alloc(1_500, 7)),
  );
  expect(written[3]).toHaveLength(200 * 1_502);
});
