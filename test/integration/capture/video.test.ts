import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { rtpTimestampAt } from '../../support/rtp-timestamp.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';
import { type FixtureOptions, openTestCapture } from './capture-fixture.js';
import { openPainter, type Painter } from './painter.js';
import { growth, msUntil, Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let x: XServer;
let workerEntry: string;
let painter: Painter;
let capture: Capture | undefined;
let lines: string[] = [];

beforeAll(async () => {
  [x, workerEntry] = await Promise.all([startXServer({ first: 40 }), compileWorker()]);
  painter = await openPainter(x.display);
});

afterAll(async () => {
  painter?.close();
  await x?.stop();
});

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

async function ready(opened: Capture): Promise<void> {
  await waitFor('healthy', () => opened.status().kind === 'healthy');
}

/** What lies between two frames as a rule, in ticks of 90 kHz, over the next 30 of them. */
async function usualStep(recorder: Recorder): Promise<number> {
  const first = recorder.frames;
  await waitFor('30 frames', () => recorder.frames > first + 30);
  const times = recorder.timestamps.slice(first, first + 31);
  const steps = times.slice(1).map((time, index) => (time - times[index]!) >>> 0);
  return steps.sort((a, b) => a - b)[steps.length / 2]!;
}

test('G1 a still screen gives a keyframe, one refining frame, and then none for seconds; a change is sent at once', async () => {
  const opened = open();
  await ready(opened);
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.keyframes === 1);
  await waitFor('refining frame', () => recorder.frames === 2);
  expect(await growth(() => recorder.frames, 1_000)).toBe(0);
  expect(recorder.keyframes).toBe(1);
  painter.fill(0xff0000, 100, 100, 50, 50);
  await waitFor('the change', () => recorder.frames === 3);
  expect(recorder.largest).toBeLessThanOrEqual(1180);
  expect([...recorder.payloadTypes]).toEqual([96]);
  release();
});

test('G2 a moving screen gives frames at its rate', async () => {
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.frames > 0);
  const stop = painter.animate(10);
  await waitFor('movement', () => recorder.frames > 5);
  const step = await usualStep(recorder);
  stop();
  expect(step).toBeGreaterThan(2_700);
  expect(step).toBeLessThan(3_300);
  expect(recorder.keyframes).toBe(1);
  release();
});

test('G6, V3 a keyframe is made on request on a still screen, at most one per 500 ms, and RTP time follows the clock', async () => {
  const opened = open();
  const main = opened.streams.get('main')!;
  const { recorder, release } = Recorder.listen(main);
  await waitFor('refining frame', () => recorder.frames === 2);
  await growth(() => 0, 300);
  const beforeMs = performance.now();
  main.requestKeyframe();
  await waitFor('keyframe', () => recorder.keyframes === 2);
  const clock = opened.rtpClock('main')!;
  const timestamp = recorder.timestamps.at(-1)!;
  expect(timestamp).toBeGreaterThanOrEqual(rtpTimestampAt(clock, beforeMs) - 90);
  expect(timestamp).toBeLessThanOrEqual(rtpTimestampAt(clock, performance.now()));
  for (let count = 0; count < 20; count += 1) main.requestKeyframe();
  await waitFor('the folded requests', () => recorder.keyframes === 3);
  expect(await growth(() => recorder.keyframes, 700)).toBe(0);
  release();
});

test('V1 a stream runs from its first listener to its last, and starts at once', async () => {
  const opened = open();
  await ready(opened);
  const main = opened.streams.get('main')!;
  const first = Recorder.listen(main);
  const second = Recorder.listen(main);
  await waitFor('first picture', () => first.recorder.frames > 0, 2_000);
  expect(second.recorder.packetCount).toBe(first.recorder.packetCount);
  first.release();
  painter.fill(0x00ff00, 0, 0, 50, 50);
  await waitFor('still running for the second', () => second.recorder.frames > 1);
  second.release();
  const counted = second.recorder.packetCount;
  const third = Recorder.listen(main);
  await waitFor('started anew', () => third.recorder.keyframes === 1);
  expect(third.recorder.restarts).toBe(0);
  expect(second.recorder.packetCount).toBe(counted);
  third.release();
});

test('W2 after kill -9 of the worker the picture is back with a keyframe', async () => {
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.keyframes === 1);
  process.kill(opened.workerPid!, 'SIGKILL');
  const tookMs = await msUntil('picture is back', () => recorder.keyframes === 2, 10_000);
  console.log(`back after ${Math.round(tookMs)} ms`);
  expect(recorder.restarts).toBe(1);
  await ready(opened);
  release();
});

test.each(['h264', 'h265', 'vp9', 'av1'] as const)(
  '%s starts with a keyframe, makes another on request, and follows the screen',
  async (codec) => {
    const opened = open({ codec });
    const main = opened.streams.get('main')!;
    const { recorder, release } = Recorder.listen(main);
    await waitFor('first picture', () => recorder.keyframes > 0);
    await waitFor('refining frame', () => recorder.frames >= 2);
    const keyframes = recorder.keyframes;
    main.requestKeyframe();
    await waitFor('keyframe', () => recorder.keyframes > keyframes);
    const stop = painter.animate(15);
    const frames = recorder.frames;
    await waitFor('movement', () => recorder.frames > frames + 15);
    stop();
    expect(recorder.largest).toBeLessThanOrEqual(1180);
    release();
  },
);

test('an encoding with size, rate and parameters of its own runs beside another from one grab', async () => {
  const opened = open({
    video: {
      ids: ['hq', 'lq'],
      pipelines: {
        hq: { gstEncoder: 'vp8enc', gstParams: { 'target-bitrate': 'round(3072 * 650)', deadline: '1' }, showPointer: false },
        lq: {
          width: 'width / 2',
          height: 'height / 2',
          fps: '10',
          gstEncoder: 'vp8enc',
          gstParams: { deadline: '1', 'end-usage': 'cbr' },
          showPointer: false,
        },
      },
    },
  });
  const hq = Recorder.listen(opened.streams.get('hq')!);
  const lq = Recorder.listen(opened.streams.get('lq')!);
  await waitFor('both', () => hq.recorder.frames > 0 && lq.recorder.frames > 0);
  const stop = painter.animate(10);
  const [hqStep, lqStep] = await Promise.all([usualStep(hq.recorder), usualStep(lq.recorder)]);
  stop();
  expect(hqStep).toBeLessThan(3_300);
  expect(lqStep).toBeGreaterThan(8_100);
  expect(lqStep).toBeLessThan(9_900);
  hq.release();
  lq.release();
});

test('a written pipeline runs as it is', async () => {
  const pipeline =
    'ximagesrc display-name={display} show-pointer=false use-damage=false ! video/x-raw,framerate=10/1 ! videoconvert ! queue ! ' +
    'vp8enc deadline=1 cpu-used=8 keyframe-max-dist=1000 ! appsink name=appsink';
  const opened = open({ video: { pipeline } });
  const main = opened.streams.get('main')!;
  const { recorder, release } = Recorder.listen(main);
  await waitFor('frames', () => recorder.frames > 5);
  const { keyframes } = recorder;
  main.requestKeyframe();
  await waitFor('keyframe', () => recorder.keyframes > keyframes);
  release();
});

test('an element that does not exist and a worker that aborts are reported, and neither spins', async () => {
  const opened = open({
    video: { ids: [], pipelines: { bad: { gstEncoder: 'nosuchenc', showPointer: false } } },
  });
  const { release } = Recorder.listen(opened.streams.get('bad')!);
  await waitFor('reason', () => {
    const status = opened.status();
    return status.kind === 'degraded' && status.problems.some(({ reason }) => reason.includes('nosuchenc'));
  });
  await growth(() => 0, 1_200);
  expect(lines.filter((line) => line.startsWith('stream failed')).length).toBeLessThan(5);
  release();
  await waitFor('healthy again', () => opened.status().kind === 'healthy');
});
