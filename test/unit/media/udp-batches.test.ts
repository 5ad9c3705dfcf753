import { expect, test } from 'vitest';
import type { Outlet } from '../../../server/media/paths/outlet.js';
import { UdpBatches } from '../../../server/media/paths/udp-batches.js';
import { allocateArena } from '../../../server/native/arena.js';
import type { BatchOutcome, MessageBatch } from '../../../server/native/sendmmsg.js';

/** A kernel that takes `room` packets and then says what the test wants. */
function fakeKernel() {
  const kernel = { room: Number.POSITIVE_INFINITY, stop: 'blocked' as BatchOutcome, calls: 0, sent: [] as string[] };
  const makeBatch = (slotCount: number, slotBytes: number): MessageBatch => {
    const lengths = new Array<number>(slotCount).fill(0);
    const batch: MessageBatch = {
      arena: allocateArena(slotCount * slotBytes),
      slotCount,
      slotBytes,
      outcome: 'sent',
      set: (slot, length) => {
        lengths[slot] = length;
      },
      send: (fd, first, end) => {
        kernel.calls++;
        const taken = Math.min(kernel.room, end - first);
        kernel.room -= taken;
        for (let slot = first; slot < first + taken; slot++) {
          const at = slot * slotBytes;
          kernel.sent.push(`${fd}:${batch.arena.bytes.toString('latin1', at, at + lengths[slot]!)}`);
        }
        batch.outcome = taken === end - first ? 'sent' : kernel.stop;
        return taken;
      },
    };
    return batch;
  };
  return { kernel, batches: new UdpBatches(makeBatch) };
}

const path = (fd: number) => ({ kind: 'udp', fd, family: 4, address: '127.0.0.1', port: 9, send: () => undefined }) as const;

function put(outlet: Outlet, text: string): boolean {
  const slot = outlet.reserve();
  if (slot < 0) return false;
  outlet.commit(outlet.arena.bytes.write(text, slot, 'latin1'));
  return true;
}

test('viewers of one socket share a system call; another socket ends the batch', () => {
  const { kernel, batches } = fakeKernel();
  const [a, b, c] = [batches.open(path(5))!, batches.open(path(5))!, batches.open(path(6))!];
  for (const [outlet, text] of [
    [a, 'a1'],
    [b, 'b1'],
    [a, 'a2'],
    [c, 'c1'],
  ] as const)
    put(outlet, text);
  expect(kernel.sent).toEqual(['5:a1', '5:b1', '5:a2']);
  batches.flush();
  expect([kernel.sent.at(-1), kernel.calls]).toEqual(['6:c1', 2]);
});

test('a full socket keeps what was sealed, in order, takes nothing new until it is empty, and holds up no other', () => {
  const { kernel, batches } = fakeKernel();
  const [full, free] = [batches.open(path(5))!, batches.open(path(6))!];
  kernel.room = 1;
  for (const text of ['1', '2', '3', '4']) put(full, text);
  batches.flush();
  expect(put(full, 'no')).toBe(false);
  kernel.room = 1;
  expect(put(free, 'other')).toBe(true);
  batches.flush();
  kernel.room = 2;
  batches.retry();
  expect(batches.flush()).toBe(true);
  expect(put(full, 'no')).toBe(false);
  kernel.room = 9;
  batches.retry();
  expect(batches.flush()).toBe(false);
  expect(put(full, '5')).toBe(true);
  batches.flush();
  expect(kernel.sent).toEqual(['5:1', '6:other', '5:2', '5:3', '5:4', '5:5']);
});

test('a packet that is refused for good is left out and counted', () => {
  const { kernel, batches } = fakeKernel();
  const outlet = batches.open(path(5))!;
  kernel.stop = 'failed';
  kernel.room = 1;
  for (const text of ['1', '2']) put(outlet, text);
  batches.flush();
  expect([kernel.sent, batches.refused]).toEqual([['5:1'], 1]);
  kernel.room = 9;
  expect(put(outlet, '3')).toBe(true);
  outlet.close();
  expect(kernel.sent).toEqual(['5:1', '5:3']);
});

test('more than a batch holds leaves in several', () => {
  const { kernel, batches } = fakeKernel();
  const outlet = batches.open(path(5))!;
  for (let i = 0; i < 150; i++) put(outlet, String(i));
  batches.flush();
  expect([kernel.sent.length, kernel.calls, kernel.sent.at(-1)]).toEqual([150, 3, '5:149']);
});
