import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import { waitFor } from '../../support/wait-for.js';
import { type FixtureOptions, openTestCapture } from './capture-fixture.js';
import { compileWorker } from './worker-entry.js';

let workerEntry: string;
let folder: string;
let capture: Capture | undefined;

beforeAll(async () => {
  workerEntry = await compileWorker();
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
});

afterEach(async () => {
  await capture?.close();
  capture = undefined;
  delete process.env.GST_PLUGIN_SYSTEM_PATH;
  delete process.env.GST_REGISTRY;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is found out needs no screen: this display does not exist. */
function open(options: Partial<FixtureOptions>, lines: string[] = []): Capture {
  capture = openTestCapture({ display: ':4949', workerEntry, ...options }, lines);
  return capture;
}

/** A GStreamer with VP8 and Opus, but without H.264 and PulseAudio. */
function withFewPlugins(): void {
  const pattern = /^libgst(app|audioconvert|audioresample|coreelements|opus|rtp|rtpmanager|videoconvertscale|vpx)\.so$/;
  const places = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'gstreamer-1.0'));
  for (const place of places.filter((path) => existsSync(path))) {
    for (const name of readdirSync(place)) {
      if (pattern.test(name) && !existsSync(join(folder, name))) symlinkSync(join(place, name), join(folder, name));
    }
  }
  process.env.GST_PLUGIN_SYSTEM_PATH = folder;
  process.env.GST_REGISTRY = join(folder, 'registry');
}

test('V5 no encoder for the chosen codec: an error that says what to install', async () => {
  withFewPlugins();
  expect(await open({ codec: 'h264' }).usable()).toEqual({
    ok: false,
    error: 'no picture can be encoded: GStreamer has no element "x264enc": install gstreamer1.0-plugins-ugly (stream main)',
  });
});

test('V5 no way to record sound: a warning, and the picture goes on without', async () => {
  withFewPlugins();
  const lines: string[] = [];
  expect(await open({ codec: 'vp8' }, lines).usable()).toEqual({ ok: true, value: undefined });
  await waitFor('the warning', () => lines.some((line) => line.startsWith('the desktop has no sound') && /pulsesrc/.test(line)));
});

const GOOD = { showPointer: false, gstPipeline: 'videotestsrc ! vp8enc ! appsink name=appsink' };
const BAD = { showPointer: false, gstPipeline: 'videotestsrc ! vp8enc nosuch=1 ! appsink name=appsink' };

test('one written pipeline of several is wrong: a warning that names it; all of them: an error', async () => {
  const lines: string[] = [];
  expect((await open({ video: { ids: ['bad', 'good'], pipelines: { bad: BAD, good: GOOD } } }, lines).usable()).ok).toBe(true);
  expect(lines.find((line) => line.startsWith('this stream cannot run'))).toMatch(/"bad".*nosuch/);
  await capture?.close();
  expect(await open({ video: { ids: ['bad'], pipelines: { bad: BAD, hidden: GOOD } } }).usable()).toMatchObject({
    ok: false,
    error: expect.stringMatching(/nosuch.*\(stream bad\)/),
  });
});

test('a written pipeline for sound that leads nowhere: the same', async () => {
  const lines: string[] = [];
  expect(await open({ audio: { pipeline: 'audiotestsrc ! fakesink' } }, lines).usable()).toEqual({ ok: true, value: undefined });
  await waitFor('the warning', () =>
    lines.some((line) => line.startsWith('the desktop has no sound') && /must end in/.test(line)),
  );
});

test('V4 a hardware encoder that is missing: software encodes, and one line names element, device and what encodes', async () => {
  const lines: string[] = [];
  const v2 = { bitrateKbps: 3072, fps: 25, hardwareEncoder: 'vaapi' as const, template: undefined };
  expect((await open({ codec: 'h264', video: { v2 } }, lines).usable()).ok).toBe(true);
  const notices = lines.filter((line) => line.includes('vah264enc'));
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/vah264enc cannot be used, (?:openh264enc|x264enc) encodes instead.*\/dev\/dri/);
});

test('an encoder that does not fit the codec: both are named, with what to set', async () => {
  const x264 = { showPointer: false, gstPipeline: 'videotestsrc ! x264enc ! appsink name=appsink' };
  expect(await open({ codec: 'vp8', video: { ids: ['a'], pipelines: { a: x264 } } }).usable()).toEqual({
    ok: false,
    error:
      'no picture can be encoded: capture.video.pipelines.a.gst_pipeline: its encoder x264enc makes h264, but capture.video.codec ' +
      'is vp8; set NEKO_CAPTURE_VIDEO_CODEC=h264 or use another encoder (stream a)',
  });
});
