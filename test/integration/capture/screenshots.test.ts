import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { whileFrozen } from '../../support/faults/frozen.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';
import { type FixtureOptions, openTestCapture } from './capture-fixture.js';
import { openPainter, type Painter } from './painter.js';
import { Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

/** Of docker/xorg.conf. */
const SCREEN = [1280, 720];
let workerEntry: string;
let x: XServer;
let painter: Painter;
let capture: Capture;
let lines: string[] = [];

beforeAll(async () => {
  [x, workerEntry] = await Promise.all([startXServer({ first: 150 }), compileWorker()]);
  painter = await openPainter(x.display);
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(lines.join('\n'));
  lines = [];
  await capture?.close();
});
afterAll(async () => {
  painter?.close();
  await x?.stop();
});

async function open(options: Partial<FixtureOptions> = {}): Promise<Capture> {
  capture = openTestCapture({ display: x.display, workerEntry, ...options }, lines);
  await waitFor('a healthy capture', () => capture.status().kind === 'healthy');
  return capture;
}

async function shot(quality = 90): Promise<Buffer> {
  const taken = await capture.screenshot(quality);
  if (!taken.ok) throw new Error(taken.error);
  return taken.value;
}

/** Width and height as the JPEG says (ITU T.81 section B.2.2). */
function sizeOf(jpeg: Buffer): [number, number] {
  let at = 2;
  while (jpeg[at + 1]! < 0xc0 || jpeg[at + 1]! > 0xc3) at += 2 + jpeg.readUInt16BE(at + 2);
  return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
}

/** Red, green and blue of one pixel, by GStreamer's own decoder. */
function pixel(jpeg: Buffer, column: number, row: number): number[] {
  const [width] = sizeOf(jpeg);
  const args = ['-q', 'fdsrc', '!', 'jpegdec', '!', 'videoconvert', '!', 'video/x-raw,format=RGB', '!', 'fdsink'];
  const pixels = execFileSync('gst-launch-1.0', args, { input: jpeg, maxBuffer: 64 * 1024 * 1024 });
  const at = (row * width + column) * 3;
  return [...pixels.subarray(at, at + 3)];
}

/** Descriptors of the worker: each job has some for its pipes. */
const openFiles = () => readdirSync(`/proc/${capture.workerPid}/fd`).length;

test('Q1 a screenshot is a JPEG of the whole screen as it is then, in its colours, with nobody watching', async () => {
  await open();
  painter.fill(0xff0000, 0, 0, 100, 100);
  painter.fill(0x0000ff, 100, 100, 100, 100);
  await waitFor('the painting', async () => {
    const jpeg = await shot();
    expect(sizeOf(jpeg)).toEqual(SCREEN);
    const [red, blue] = [pixel(jpeg, 50, 50), pixel(jpeg, 150, 150)];
    return red[0]! > 245 && red[1]! < 10 && red[2]! < 10 && blue[2]! > 245 && blue[0]! < 10 && blue[1]! < 10;
  });
});

test('Q1 it shows the display of the desktop where streams show another, which is let go of afterwards', async () => {
  const other = await startXServer({ first: 160 });
  try {
    const otherPainter = await openPainter(other.display);
    otherPainter.fill(0x00ff00);
    await open({ screenshotDisplay: other.display });
    const before = openFiles();
    await waitFor('the painting', async () => pixel(await shot(), 50, 50)[1]! > 245);
    await waitFor('the end of the job', () => openFiles() <= before);
    otherPainter.close();
  } finally {
    await other.stop();
  }
});

test('Q2 a higher quality has more bytes, and each gets the one it asked for', async () => {
  await open();
  const [low, high, lowAgain] = await Promise.all([shot(1), shot(100), shot(1)]);
  expect(low.length).toBeLessThan(high.length);
  expect(lowAgain).toBe(low);
});

test('Q3 a burst shares one encoder and its pictures', async () => {
  await open();
  await shot();
  const before = openFiles();
  const taken = await Promise.all(Array.from({ length: 64 }, () => shot()));
  expect(new Set(taken).size).toBeLessThanOrEqual(2);
  expect(openFiles()).toBeLessThanOrEqual(before);
});

test('Q4 nothing of it runs while nobody asks', async () => {
  await open();
  const before = openFiles();
  await shot();
  expect(openFiles()).toBeGreaterThan(before);
  await waitFor('the end of the job', () => openFiles() <= before);
  await shot();
});

test('Q5 beside a stream, neither disturbs the other', async () => {
  await open();
  const { recorder, release } = Recorder.listen(capture.streams.get('main')!);
  await waitFor('the first picture', () => recorder.keyframes === 1);
  const stop = painter.animate(30);
  for (let count = 0; count < 5; count++) await shot();
  const { frames } = recorder;
  await waitFor('further frames', () => recorder.frames > frames + 5);
  stop();
  expect([recorder.keyframes, recorder.restarts]).toEqual([1, 0]);
  release();
});

test('Q6 a worker that dies meanwhile is replaced, and who waits gets the picture from the next', async () => {
  await open();
  await shot();
  process.kill(capture.workerPid!, 'SIGSTOP');
  const waiting = shot();
  process.kill(capture.workerPid!, 'SIGKILL');
  expect(sizeOf(await waiting)).toEqual(SCREEN);
});

test.each([
  ['worker', () => capture.workerPid!],
  ['X server', () => x.pid],
])('Q7 a %s that hangs is an error within 5 s, and there are pictures again afterwards', async (what, pid) => {
  await open();
  await shot();
  // Something to fetch: an unchanged screen is known already.
  const stop = painter.animate(30);
  await whileFrozen(pid(), async () => {
    const askedAtMs = performance.now();
    const taken = await capture.screenshot(90);
    const tookMs = performance.now() - askedAtMs;
    // A worker may have been replaced by then, which is as good.
    if (taken.ok) expect(what).toBe('worker');
    expect(tookMs).toBeLessThan(5_000);
  });
  stop();
  await waitFor('a picture again', async () => (await capture.screenshot(90)).ok, 20_000);
});
