import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { WorkerProcess } from '../../../server/capture/supervisor/worker-process.js';
import { limitFiles } from '../../support/faults/file-limit.js';
import { whileFrozen } from '../../support/faults/frozen.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';
import { openTestCapture } from './capture-fixture.js';
import { type PulseAudio, startSharedPulseAudio } from './pulse-audio.js';
import { Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let workerEntry: string;
let x: XServer;
let pulse: PulseAudio;
let capture: Capture | undefined;
let lines: string[] = [];

beforeAll(async () => {
  [workerEntry, x, pulse] = await Promise.all([compileWorker(), startXServer({ first: 140 }), startSharedPulseAudio()]);
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(lines.join('\n'));
  lines = [];
  await capture?.close();
  capture = undefined;
});
afterAll(async () => {
  await pulse?.stop();
  await x?.stop();
});

function open(): Capture {
  capture = openTestCapture({ display: x.display, workerEntry }, lines);
  return capture;
}

test('W5 a worker that is stopped is told from a busy one within 5 s, killed and replaced', async () => {
  const opened = open();
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('first picture', () => recorder.keyframes === 1);
  const hung = opened.workerPid!;
  const frozenAt = performance.now();
  await whileFrozen(hung, () =>
    waitFor('another worker', () => opened.workerPid !== hung && opened.workerPid !== undefined, 5_000),
  );
  console.log(`replaced after ${Math.round(performance.now() - frozenAt)} ms`);
  await waitFor('picture is back', () => recorder.keyframes === 2);
  expect(recorder.restarts).toBe(1);
  expect(lines.join('\n')).toContain('it hung and was killed: it was stopped');
  await waitFor('a healthy capture', () => opened.status().kind === 'healthy');
  release();
});

test('W6 a sound server that is stopped costs the sound alone, is reported within 5 s, and is heard again once it goes on', async () => {
  const opened = open();
  const video = Recorder.listen(opened.streams.get('main')!);
  const audio = Recorder.listen(opened.audio);
  await waitFor('picture and sound', () => video.recorder.frames > 0 && audio.recorder.packetCount > 5);
  const worker = opened.workerPid;
  await whileFrozen(pulse.pid, async () => {
    await waitFor('the report', () => /stream audio: the sound server/.test(JSON.stringify(opened.status())), 5_000);
    const { frames } = video.recorder;
    opened.streams.get('main')!.requestKeyframe();
    await waitFor('a picture meanwhile', () => video.recorder.frames > frames, 3_000);
  });
  const { packetCount } = audio.recorder;
  await waitFor('sound again', () => audio.recorder.packetCount > packetCount + 5);
  await waitFor('a healthy capture', () => opened.status().kind === 'healthy');
  expect(opened.workerPid).toBe(worker);
  expect(video.recorder.restarts).toBe(0);
  audio.release();
  video.release();
});

test('W8 a worker for which no descriptors are left is an attempt that failed, and nothing more', async () => {
  const lift = limitFiles(process.pid, 3);
  let reason: string | undefined;
  try {
    const ended = (why: string) => {
      reason = why;
    };
    const options = { display: x.display, entry: workerEntry, elements: [], log: silentLog };
    const worker = new WorkerProcess(options, { report: () => undefined, ended });
    expect(reason).toBeUndefined();
    await waitFor('its end', () => reason);
    worker.send({ kind: 'ping' });
    await worker.close();
  } finally {
    lift();
  }
  expect(reason).toMatch(/^it cannot be started: .*EMFILE/);
});
