import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { waitFor } from '../../support/wait-for.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';
import { openTestCapture } from './capture-fixture.js';
import { openPainter, type Painter } from './painter.js';
import { Recorder } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let x: XServer;
let workerEntry: string;
let painter: Painter;
let capture: Capture | undefined;
const lines: string[] = [];

beforeAll(async () => {
  [x, workerEntry] = await Promise.all([startXServer({ first: 160 }), compileWorker()]);
  painter = await openPainter(x.display);
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(lines.join('\n'), JSON.stringify(capture?.problems()));
  await capture?.close();
});
afterAll(async () => {
  painter?.close();
  await x?.stop();
});

const GOOD = { gstEncoder: 'vp8enc', gstParams: { deadline: '1' }, showPointer: false };
const PIPELINES = {
  wrong: { gstEncoder: 'vp8enc', gstParams: { nosuch: '1' }, showPointer: false },
  ending: { gstPipeline: 'filesrc location=/nowhere ! vp8enc ! appsink name=appsink', showPointer: false },
  silent: {
    gstPipeline: 'videotestsrc is-live=true ! identity drop-probability=1 ! vp8enc ! appsink name=appsink',
    showPointer: false,
  },
  swallowing: { ...GOOD, gstPrefix: '! identity drop-probability=1' },
  good: GOOD,
};

test("LD4 what gives no picture is reported in GStreamer's words, and the others go on", async () => {
  const ids = Object.keys(PIPELINES);
  const opened = openTestCapture({ display: x.display, workerEntry, video: { ids, pipelines: PIPELINES } }, lines);
  capture = opened;
  const broken = new Set<string>();
  opened.onBroken((id) => broken.add(id));
  await waitFor('a healthy capture', () => opened.status().kind === 'healthy');
  const stop = painter.animate(20);
  const recorders = ids.map((id) => Recorder.listen(opened.streams.get(id)!));
  const worker = opened.workerPid;
  await waitFor('the reports', () => broken.size === 4, 12_000);
  expect([...broken].toSorted()).toEqual(['ending', 'silent', 'swallowing', 'wrong']);
  expect(ids.map((id) => opened.isBroken(id))).toEqual([true, true, true, true, false]);
  const reasons = new Map(opened.problems().map(({ about, reason }) => [about, reason]));
  expect(reasons.get('wrong')).toContain('no property "nosuch" in element "vp8enc"');
  expect(reasons.get('ending')).toContain('Resource not found');
  expect(reasons.get('silent')).toContain('no frame came');
  expect(reasons.get('swallowing')).toContain('no frame came');
  // What the check at the start has found is logged by it already, unless somebody came before.
  for (const id of ['ending', 'silent', 'swallowing'])
    expect(
      lines.filter((line) => line.startsWith(`this stream gives no picture, its viewers are shown another {"stream":"${id}"`)),
      id,
    ).toHaveLength(1);
  const good = recorders.at(-1)!.recorder;
  const { frames } = good;
  await waitFor('the good one goes on', () => good.frames > frames + 5);
  expect([good.restarts, opened.workerPid]).toEqual([0, worker]);
  stop();
  for (const { release } of recorders) release();
}, 30_000);
