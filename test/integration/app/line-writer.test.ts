import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineWriter } from '../../../server/logging/line-writer.js';
import { openPipe } from '../../../server/native/os-pipe.js';
import { canMount, smallDisk } from '../../support/faults/small-disk.js';
import { waitFor } from '../../support/wait-for.js';

const line = (number: number) => `${number} ${'x'.repeat(1_000)}\n`;

/** Writes numbered lines, twice as many as may wait. */
function writeMany(writer: LineWriter): number {
  const count = 2_200;
  for (let number = 0; number < count; number++) writer.write(line(number));
  return count;
}

test('a pipe that nobody reads holds nothing up; what did not fit is counted once it is read again', async () => {
  const { readFd, writeFd } = openPipe();
  onTestFinished(() => closeSync(readFd));
  const writer = new LineWriter(writeFd);
  let dropped = 0;
  writer.onDropped((lines) => {
    dropped += lines;
  });
  const startedAt = performance.now();
  const count = writeMany(writer);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(dropped).toBe(0);
  const reader = spawn('cat', { stdio: [readFd, 'pipe', 'ignore'] });
  onTestFinished(() => void reader.kill());
  let text = '';
  reader.stdout?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  await waitFor('the lost lines to be counted', () => dropped > 0);
  writer.write('the end\n');
  await waitFor('the last line', () => text.endsWith('the end\n'));
  const kept = text.trim().split('\n');
  expect(kept.at(-1)).toBe('the end');
  expect(kept.slice(0, -1)).toEqual(Array.from({ length: count - dropped }, (_, number) => line(number).trim()));
});

test('a reader that is gone is no error', () => {
  const { readFd, writeFd } = openPipe();
  closeSync(readFd);
  writeMany(new LineWriter(writeFd));
});

test.runIf(canMount)('a full disk costs lines, and later ones are written once there is room', async () => {
  const disk = smallDisk();
  const path = join(disk.path, 'log');
  const fd = openSync(path, 'a');
  onTestFinished(() => {
    closeSync(fd);
    disk.remove();
  });
  const writer = new LineWriter(fd);
  let dropped = 0;
  writer.onDropped((lines) => {
    dropped += lines;
    writer.write('flows again\n');
  });
  writer.write('first\n');
  await waitFor('the first line', () => readFileSync(path, 'utf8') === 'first\n');
  disk.fill();
  for (let number = 0; number < 2; number++) writer.write(`${'x'.repeat(8_000)}\n`);
  disk.free();
  await waitFor('what waited', () => readFileSync(path, 'utf8').length > 16_000);
  expect(dropped).toBe(0);
});
