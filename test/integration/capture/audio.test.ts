import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Capture } from '../../../server/capture/capture.js';
import type { RtpListener } from '../../../server/capture/streams/encoded-stream.js';
import type { AudioCodecName } from '../../../server/protocol/codec.js';
import { rtpTimestampAt } from '../../support/rtp-timestamp.js';
import { waitFor } from '../../support/wait-for.js';
import { openTestCapture } from './capture-fixture.js';
import { type PulseAudio, playTone, startSharedPulseAudio } from './pulse-audio.js';
import { msUntil } from './recorder.js';
import { compileWorker } from './worker-entry.js';

let workerEntry: string;
let pulse: PulseAudio | undefined;
let capture: Capture | undefined;
let lines: string[] = [];

beforeAll(async () => {
  workerEntry = await compileWorker();
});

afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.log(lines.join('\n'));
  lines = [];
  await capture?.close();
  capture = undefined;
});

afterAll(() => pulse?.stop());

/** Sound needs no screen: this display does not exist. */
function open(codec: AudioCodecName, device = 'audio_output.monitor'): Capture {
  capture = openTestCapture({ display: ':4949', workerEntry, audio: { codec, device } }, lines);
  return capture;
}

class AudioRecorder implements RtpListener {
  readonly packetList: Array<{ payloadType: number; timestamp: number; bytes: number; arrivedMs: number }> = [];

  packets(batch: readonly Buffer[]): void {
    for (const packet of batch) {
      const [payloadType, timestamp] = [packet[1]! & 0x7f, packet.readUInt32BE(4)];
      this.packetList.push({ payloadType, timestamp, bytes: packet.length - 12, arrivedMs: performance.now() });
    }
  }

  restarted(): void {}
}

test('without PulseAudio, or without the source, the status says so', async () => {
  process.env.PULSE_SERVER = 'unix:/nonexistent/pulse';
  const opened = open('opus');
  const release = opened.audio.listen(new AudioRecorder());
  await waitFor('reason', () => /PulseAudio/.test(JSON.stringify(opened.status())));
  release();
  delete process.env.PULSE_SERVER;
  await capture?.close();
  pulse ??= await startSharedPulseAudio();
  const other = open('opus', 'nosuch.monitor');
  other.audio.listen(new AudioRecorder());
  await waitFor('reason', () => /capture\.audio\.device/.test(JSON.stringify(other.status())));
});

test('V3 a tone arrives as Opus, 20 ms a packet, with RTP time close to when it sounded', async () => {
  pulse ??= await startSharedPulseAudio();
  const opened = open('opus');
  const recorder = new AudioRecorder();
  const release = opened.audio.listen(recorder);
  const stop = playTone(440);
  console.log(`first packet after ${Math.round(await msUntil('packet', () => recorder.packetList.length > 0))} ms`);
  await waitFor('sound', () => recorder.packetList.some(({ bytes }) => bytes > 60), 20_000);
  const from = recorder.packetList.length;
  await waitFor('a second of it', () => recorder.packetList.length >= from + 50);
  const heard = recorder.packetList.slice(from);
  expect(new Set(heard.map(({ payloadType }) => payloadType))).toEqual(new Set([111]));
  const steps = heard.slice(1).map(({ timestamp }, index) => timestamp - heard[index]!.timestamp);
  expect(steps.filter((step) => step === 960).length).toBeGreaterThan(45);
  const clock = opened.rtpClock('audio')!;
  const lagsMs = heard
    .map(({ timestamp, arrivedMs }) => (rtpTimestampAt(clock, arrivedMs) - timestamp) / 48)
    .sort((a, b) => a - b);
  const medianLagMs = lagsMs[lagsMs.length >> 1]!;
  console.log(`sound arrives ${medianLagMs.toFixed(1)} ms after its RTP time`);
  // PulseAudio hands over what its null sink rendered, which is a little before the moment that it stands for.
  expect(medianLagMs).toBeGreaterThan(-20);
  expect(medianLagMs).toBeLessThan(80);
  release();
  await stop();
});

test.each([
  ['pcmu', 0],
  ['pcma', 8],
  ['g722', 9],
] as const)('%s is encoded', async (codec, payloadType) => {
  pulse ??= await startSharedPulseAudio();
  const opened = open(codec);
  const recorder = new AudioRecorder();
  const release = opened.audio.listen(recorder);
  await waitFor('packets', () => recorder.packetList.length > 5);
  expect(recorder.packetList[0]!.payloadType).toBe(payloadType);
  release();
});
