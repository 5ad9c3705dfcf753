import { expect, test } from 'vitest';
import { defaultEncoder } from '../../../server/capture/encoders/default-encoders.js';
import { nominalBitrate } from '../../../server/capture/encoders/encoder-bitrate.js';
import { buildStreams, type PipelineInput } from '../../../server/capture/pipelines/pipelines.js';
import { StreamJobs } from '../../../server/capture/streams/stream-jobs.js';
import { silentLog } from '../../support/silent-log.js';

test.each<[string, number | undefined]>([
  [defaultEncoder('vp8', 1_500_000, () => true), 1_500_000],
  [defaultEncoder('vp9', 1_500_000, () => true), 1_500_000],
  [defaultEncoder('av1', 1_500_000, () => true), 1_500_000],
  [defaultEncoder('h264', 1_500_000, () => true), 1_500_000],
  [defaultEncoder('h264', 1_500_000, (name) => name === 'openh264enc'), 1_500_000],
  [defaultEncoder('h265', 1_500_000, () => true), 1_500_000],
  ['videoconvert ! vah264enc bitrate=2500 ! h264parse', 2_500_000],
  ['ximagesrc ! vp8enc target-bitrate = "700000" ! appsink name=appsink', 700_000],
  ['ximagesrc ! x264enc name=e bitrate=(uint)900 ! appsink', 900_000],
  ['ximagesrc ! vp8enc target_bitrate=700000 ! appsink', 700_000],
  ["v4l2h264enc extra-controls='controls,video_bitrate=(int)1200000'", 1_200_000],
  ['x264enc option-string="bitrate=7:x=1" bitrate=800 ! appsink', 800_000],
  ['audiotestsrc ! lame bitrate=128 ! fakesink x264enc ! appsink', undefined],
  ['x264enc ! somethingelse bitrate=5', undefined],
  ['vp8enc target-bitrate=0 ! appsink', undefined],
  ['vp8enc target-bitrate=fast', undefined],
  ['v4l2h264enc', undefined],
  ['somethingenc bitrate=5', undefined],
  ['', undefined],
])('J13 what an encoder aims at stands in its text: %s', (text, bitrateBps) => {
  expect(nominalBitrate(text, undefined)).toBe(bitrateBps);
});

test('J13 what was set since counts, as far as the encoder takes it', () => {
  expect(nominalBitrate('vp8enc target-bitrate=700000', 400_000)).toBe(400_000);
  expect(nominalBitrate('openh264enc bitrate=500000 max-bitrate=600000', 900_000)).toBe(600_000);
  expect(nominalBitrate("v4l2h264enc extra-controls='c,video_bitrate=5000'", 400_000)).toBe(5_000);
  expect(nominalBitrate('somethingenc', 400_000)).toBeUndefined();
});

type Video = PipelineInput['config']['video'];

function jobsOf(video: Partial<Video>): StreamJobs {
  const config = {
    video: { display: undefined, codec: 'vp8' as const, ids: [], pipelines: {}, pipeline: undefined, v2: undefined, ...video },
    audio: { device: 'd', codec: 'opus' as const, pipeline: undefined, v2: undefined },
  };
  return new StreamJobs((screen, has) => buildStreams({ config, screen, has, display: ':99', legacy: true }), silentLog);
}

const SCREEN = { width: 1280, height: 720, rate: 30 };

test('J13 the default picture aims at what its screen needs, though nothing has run', () => {
  const jobs = jobsOf({});
  expect(jobs.nominalBitrateBps('main', SCREEN)).toBe(3_000_000);
  expect(jobs.nominalBitrateBps('main', { ...SCREEN, width: 1920, height: 1080 })).toBe(6_750_000);
  jobs.setBitrate('main', 900_000);
  expect(jobs.nominalBitrateBps('main', SCREEN)).toBe(900_000);
  expect(jobs.nominalBitrateBps('none', SCREEN)).toBeUndefined();
});

test('J13 rungs of written pipelines and of fields, expressions included', () => {
  const rung = { gstEncoder: 'vp8enc', gstParams: { 'target-bitrate': 'round(width * 500)' } };
  const jobs = jobsOf({
    ids: ['fields', 'whole', 'silent'],
    pipelines: {
      fields: { ...rung, showPointer: false },
      whole: {
        showPointer: false,
        gstPipeline: 'ximagesrc display-name={display} ! vp8enc target-bitrate=250000 ! appsink name=appsink',
      },
      silent: { showPointer: false, gstPipeline: 'ximagesrc ! vp8enc deadline=1 ! appsink name=appsink' },
    },
  });
  const ids = ['fields', 'whole', 'silent'];
  expect(ids.map((id) => jobs.nominalBitrateBps(id, SCREEN))).toEqual([640_000, 250_000, undefined]);
});

test('J13 v2: what is made of NEKO_VIDEO_BITRATE for this encoder', () => {
  const jobs = jobsOf({ v2: { bitrateKbps: 2_048, fps: 25, hardwareEncoder: 'none', template: undefined } });
  expect(jobs.nominalBitrateBps('main', SCREEN)).toBe(2_048 * 650);
});
