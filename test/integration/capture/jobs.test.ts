import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { defaultEncoder } from '../../../server/capture/encoders/default-encoders.js';
import type { Job } from '../../../server/capture/job.js';
import type { WorkerReport } from '../../../server/capture/messages.js';
import { ImageDeframer } from '../../../server/capture/screenshots/image-deframer.js';
import { JobPipes } from '../../../server/capture/supervisor/job-pipes.js';
import { WorkerProcess } from '../../../server/capture/supervisor/worker-process.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { openTestCapture } from './capture-fixture.js';
import { Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let workerEntry: string;
let worker: WorkerProcess | undefined;
let capture: Capture | undefined;
let reports: WorkerReport[] = [];
const pipes = new JobPipes();

beforeAll(async () => {
  workerEntry = await compileWorker();
});
afterEach(async () => {
  pipes.closeAll();
  await worker?.close();
  await capture?.close();
  reports = [];
});
afterAll(() => pipes.closeAll());

/** A worker without a screen. */
async function start(): Promise<WorkerProcess> {
  const options = { display: ':4949', entry: workerEntry, elements: [], log: silentLog };
  const started = new WorkerProcess(options, { report: (report) => reports.push(report), ended: () => undefined });
  worker = started;
  await waitFor('a worker', () => reports.some(({ kind }) => kind === 'ready'));
  return started;
}

let runs = 0;
function run(process: WorkerProcess, id: string, part: Partial<Job>, data: (bytes: Buffer) => void = () => undefined): number {
  const job: Job = { text: '', inputs: [], outputs: [], keyframeBy: 'event', settings: [], ...part };
  const opened = pipes.open(id, job, process, (_element, bytes) => data(bytes));
  if (!opened.ok) throw new Error(opened.error);
  runs += 1;
  process.send({ kind: 'run', id, run: runs, job, pipes: opened.value });
  return runs;
}

const heard = (report: WorkerReport) =>
  waitFor(JSON.stringify(report), () => reports.find((each) => JSON.stringify(each) === JSON.stringify(report)));

test('J7 samples go in and images come out, through pipes that are opened while the worker runs', async () => {
  const process = await start();
  const deframer = new ImageDeframer();
  const images: string[] = [];
  const text = 'fdsrc name=in blocksize=4 ! application/x-test ! gdppay crc-header=false ! fdsink name=output sync=false';
  const job: Partial<Job> = {
    text,
    inputs: [{ kind: 'samples', element: 'in' }],
    outputs: [{ kind: 'images', element: 'output' }],
  };
  const first = run(process, 'echo', job, (bytes) => images.push(...deframer.read(bytes).map(String)));
  await heard({ kind: 'started', id: 'echo', run: first });
  pipes.input('echo', 'in')?.write('onetwo33');
  await waitFor('what went in', () => images.join('') === 'onetwo33');
  expect(images).toEqual(['onet', 'wo33']);
});

test('J8 jobs come and go while the worker lives, and each has an end of its own', async () => {
  const process = await start();
  const lasting = run(process, 'lasting', { text: 'videotestsrc is-live=true ! fakesink' });
  for (let count = 0; count < 5; count++) {
    const id = `passing ${count}`;
    const passing = run(process, id, { text: 'videotestsrc num-buffers=3 ! fakesink' });
    await heard({ kind: 'ended', id, run: passing });
  }
  await heard({ kind: 'started', id: 'lasting', run: lasting });
  expect(reports.filter((report) => report.kind === 'ended' && report.id === 'lasting')).toEqual([]);
});

test('J9 a job with a sink of its own that fails is told in the words of the element that failed', async () => {
  const process = await start();
  const failing = run(process, 'file', { text: 'videotestsrc num-buffers=3 ! filesink location=/nowhere/at/all' });
  const failed = await waitFor('the failure', () => reports.find((report) => report.kind === 'failed'));
  expect(failed).toMatchObject({ id: 'file', run: failing, reason: expect.stringContaining('/nowhere/at/all') });
});

test('J10 a job that replaces another under its id is the only one heard', async () => {
  const process = await start();
  run(process, 'same', { text: 'videotestsrc is-live=true ! fakesink' });
  const second = run(process, 'same', { text: 'videotestsrc num-buffers=3 ! fakesink' });
  await heard({ kind: 'ended', id: 'same', run: second });
  expect(reports.filter(({ kind }) => kind === 'ended' || kind === 'failed')).toHaveLength(1);
});

const NOISE = 'videotestsrc is-live=true pattern=snow ! video/x-raw,width=160,height=90,framerate=30/1';
/** Each with a bitrate that it has from its text and a higher one, both within what so small a picture takes. */
const ENCODERS = [
  [
    'vp8',
    'vp8enc deadline=1 cpu-used=-8 threads=1 end-usage=cbr keyframe-max-dist=1000000 keyframe-mode=disabled lag-in-frames=0 target-bitrate=600000 max-quantizer=63 buffer-size=600 buffer-initial-size=300 buffer-optimal-size=400',
    600_000,
    1_400_000,
  ],
  [
    'h264',
    'x264enc speed-preset=superfast tune=zerolatency key-int-max=1000000 byte-stream=true aud=false threads=1 vbv-buf-capacity=400 option-string="scenecut=0" bitrate=600 ! video/x-h264,profile=constrained-baseline',
    600_000,
    1_400_000,
  ],
  [
    'h264',
    'openh264enc usage-type=camera complexity=low rate-control=bitrate bitrate=1200000 max-bitrate=2400000 gop-size=0 scene-change-detection=false qp-max=51 ! video/x-h264,profile=constrained-baseline',
    1_200_000,
    1_900_000,
  ],
  ['vp9', defaultEncoder('vp9', 600_000, () => true), 600_000, 1_400_000],
  ['av1', defaultEncoder('av1', 600_000, () => true), 600_000, 1_400_000],
] as const;

/** Bits per second of the next frames, by their own time, which a busy machine does not stretch. */
async function rateOf(recorder: Recorder, frames: number): Promise<number> {
  const [firstByte, firstFrame] = [recorder.bytes, recorder.frames];
  await waitFor('further frames', () => recorder.frames >= firstFrame + frames);
  return ((recorder.bytes - firstByte) * 8 * 30) / (recorder.frames - firstFrame);
}

test.each(ENCODERS)('J11 %s takes another bitrate while it runs, without a keyframe: %s', async (codec, encoder, low, high) => {
  const text = `${NOISE} ! videoconvert ! ${encoder} ! appsink name=appsink`;
  const pipelines = { main: { showPointer: false, gstPipeline: text } };
  const opened = openTestCapture({ display: ':4949', workerEntry, codec, video: { ids: ['main'], pipelines } });
  capture = opened;
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('the first picture', () => recorder.keyframes === 1);
  await rateOf(recorder, 30);
  const before = await rateOf(recorder, 45);
  // Within one level of H.264 for so small a picture: OpenH264 begins anew beyond it.
  opened.setBitrate('main', high);
  await rateOf(recorder, 30);
  const more = await rateOf(recorder, 45);
  opened.setBitrate('main', low);
  await rateOf(recorder, 30);
  const less = await rateOf(recorder, 45);
  console.log(`${codec}: ${[before, more, less].map((bps) => Math.round(bps / 1_000)).join(', ')} kbit/s`);
  expect(more).toBeGreaterThan(before * 1.3);
  expect(less).toBeLessThan(more * 0.75);
  expect([recorder.keyframes, recorder.restarts]).toEqual([1, 0]);
  release();
});

test('J12 a bitrate set before a stream runs, or before its worker died, holds', async () => {
  const text = `${NOISE} ! videoconvert ! ${ENCODERS[0][1]} ! appsink name=appsink`;
  const pipelines = { main: { showPointer: false, gstPipeline: text } };
  const opened = openTestCapture({ display: ':4949', workerEntry, codec: 'vp8', video: { ids: ['main'], pipelines } });
  capture = opened;
  opened.setBitrate('main', 2_500_000);
  const { recorder, release } = Recorder.listen(opened.streams.get('main')!);
  await waitFor('the first picture', () => recorder.keyframes === 1);
  await rateOf(recorder, 30);
  expect(await rateOf(recorder, 45)).toBeGreaterThan(1_500_000);
  process.kill(opened.workerPid!, 'SIGKILL');
  await waitFor('the picture again', () => recorder.keyframes === 2);
  await rateOf(recorder, 30);
  expect(await rateOf(recorder, 45)).toBeGreaterThan(1_500_000);
  release();
});
