import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { childrenOf } from '../../bench/cpu-time.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';
import { type FixtureOptions, openTestCapture } from './capture-fixture.js';
import { openPainter } from './painter.js';
import { growth, Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let x: XServer;
let workerEntry: string;
let capture: Capture | undefined;
let lines: string[] = [];

beforeAll(async () => {
  [x, workerEntry] = await Promise.all([startXServer({ first: 44 }), compileWorker()]);
});

afterAll(() => x?.stop());

afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(lines.join('\n'));
  lines = [];
  await capture?.close();
  capture = undefined;
});

function open(options: Partial<FixtureOptions> = {}): Capture {
  capture = openTestCapture({ display: x.display, workerEntry, ...options }, lines);
  return capture;
}

test('G7 a new screen size starts the encoding anew with a keyframe', async () => {
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.keyframes === 1);
  await promisify(execFile)('xrandr', ['-d', x.display, '--output', 'DUMMY0', '--mode', '800x600']);
  await waitFor('new picture', () => recorder.keyframes >= 2);
  expect(recorder.restarts).toBeGreaterThanOrEqual(1);
  const { frames } = recorder;
  const painter = await openPainter(x.display);
  painter.fill(0x00ffff);
  await waitFor('changes of the new screen', () => recorder.frames > frames);
  painter.close();
  release();
});

test('G7 when the X server is lost and comes back, the picture is back with a keyframe', async () => {
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.keyframes === 1);
  await x.kill();
  await waitFor('report', () => opened.status().kind === 'degraded');
  expect(JSON.stringify(opened.status())).toContain('X server');
  x = await startXServer({ exactly: Number(x.display.slice(1)) });
  await waitFor('picture is back', () => recorder.keyframes >= 2, 20_000);
  await waitFor('healthy', () => opened.status().kind === 'healthy');
  release();
});

test('W1 without an X server the status says so, and the picture comes once there is one', async () => {
  const number = Number(x.display.slice(1));
  await x.stop();
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('reason', () => JSON.stringify(opened.status()).includes(`no X server on display ${x.display}`));
  x = await startXServer({ exactly: number });
  await waitFor('picture', () => recorder.keyframes === 1, 20_000);
  release();
});

test('W2 a worker that aborts whenever it starts leads to waits that grow, not to a loop', async () => {
  const before = new Set(childrenOf(process.pid));
  const opened = open();
  const { release } = Recorder.listen(opened.streams.get('main')!);
  const aborts = setInterval(() => {
    for (const pid of childrenOf(process.pid)) if (!before.has(pid)) process.kill(pid, 'SIGABRT');
  }, 20);
  const ends = () => lines.filter((line) => line.startsWith('the GStreamer worker ended')).length;
  await waitFor('first end', () => ends() > 0);
  expect(await growth(ends, 2_000)).toBeLessThan(4);
  clearInterval(aborts);
  await waitFor('healthy again', () => opened.status().kind === 'healthy', 20_000);
  release();
});
