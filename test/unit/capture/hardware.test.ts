import { expect, test } from 'vitest';
import { type HardwareDevices, NO_DEVICES } from '../../../server/capture/encoders/hardware-fallback.js';
import { HardwareTrust } from '../../../server/capture/encoders/hardware-trust.js';
import { buildStreams, type PipelineInput } from '../../../server/capture/pipelines/pipelines.js';

type Video = PipelineInput['config']['video'];

/** The first stream of a machine whose hardware encoders are all missing, except those named. */
function first(video: Partial<Video>, hardware: readonly string[] = [], devices: HardwareDevices = NO_DEVICES) {
  const built = buildStreams({
    config: {
      video: { display: undefined, codec: 'h264', ids: [], pipelines: {}, pipeline: undefined, v2: undefined, ...video },
      audio: { device: 'd', codec: 'opus', pipeline: undefined, v2: undefined },
    },
    screen: { width: 1280, height: 720, rate: 30 },
    display: ':99',
    legacy: true,
    has: (name) => hardware.includes(name) || !/^(?:va|nv|v4l2|qsv)/.test(name),
    devices,
  });
  if (!built.ok) throw new Error(built.error);
  return built.value[0]!;
}

const v2 = (hardwareEncoder: 'vaapi' | 'nvenc' | 'v4l2') => ({
  bitrateKbps: 3072,
  fps: 25,
  hardwareEncoder,
  template: undefined,
});
const THERE = { va: '/dev/dri/renderD129', nvidia: '/dev/nvidia0', v4l2: '/dev/video11' };

test.each([
  ['vp8', 'vaapi', 'vaapivp8enc', 'vp8enc', '/dev/dri/renderD128', 'gstreamer1.0-vaapi'],
  ['h264', 'vaapi', 'vah264enc', 'openh264enc', '/dev/dri/renderD128', 'intel-media-va-driver'],
  ['h265', 'vaapi', 'vah265enc', 'x265enc', '/dev/dri/renderD128', 'mesa-va-drivers'],
  ['h264', 'nvenc', 'nvh264enc', 'openh264enc', '/dev/nvidia0', 'libnvidia-encode.so'],
  ['h265', 'nvenc', 'nvh265enc', 'x265enc', '/dev/nvidia0', 'libnvidia-encode.so'],
  ['vp8', 'v4l2', 'v4l2vp8enc', 'vp8enc', '/dev/video11', 'gstreamer1.0-plugins-good'],
  ['h264', 'v4l2', 'v4l2h264enc', 'openh264enc', '/dev/video11', 'gstreamer1.0-plugins-good'],
  ['h265', 'v4l2', 'v4l2h265enc', 'x265enc', '/dev/video11', 'gstreamer1.0-plugins-good'],
] as const)('NEKO_HWENC: %s with %s falls back to software', (codec, hwenc, element, software, device, driver) => {
  const stream = first({ codec, v2: v2(hwenc) });
  expect(stream.text).toContain(`! ${software} `);
  expect(stream.text).not.toContain(element);
  expect(stream.notice).toMatch(new RegExp(`^${element} cannot be used, ${software} encodes instead[^\\n]*${device}`));
  const withDevice = first({ codec, v2: v2(hwenc) }, [], THERE);
  expect(withDevice.notice).toContain(driver);
  expect(withDevice.notice).toContain({ vaapi: '/dev/dri/renderD129', nvenc: '/dev/nvidia0', v4l2: '/dev/video11' }[hwenc]);
  const there = first({ codec, v2: v2(hwenc) }, [element]);
  expect(there.text).toContain(`! ${element} `);
  expect(there.notice).toBeUndefined();
});

test('the encoder of a Raspberry Pi takes profile and bitrate as controls', () => {
  const { text } = first({ v2: v2('v4l2') }, ['v4l2h264enc']);
  expect(text).toContain(
    '! v4l2h264enc extra-controls="controls,h264_profile=1,video_bitrate=3072000" ! h264parse config-interval=-1 ! ' +
      'video/x-h264,stream-format=byte-stream !',
  );
});

test('V4 fields keep size, rate and pointer around the software encoder', () => {
  const a = {
    width: '640',
    height: '360',
    fps: '10',
    gstPrefix: '! vapostproc',
    gstEncoder: 'vah264enc',
    gstParams: { b: '1' },
    showPointer: true,
  };
  const stream = first({ ids: ['a'], pipelines: { a } });
  expect(stream.text).toMatch(
    /show-pointer=true.*framerate=1000\/100 .*width=640,height=360 ! .*format=I420 ! x264enc .*bitrate=750 /,
  );
  expect(stream.text).not.toMatch(/vapostproc|vah264enc/);
  expect(stream.notice).toContain('capture.video.pipelines.a: vah264enc cannot be used, x264enc encodes instead');
});

test('V4 a written pipeline without its hardware encoder becomes the default picture', () => {
  const stream = first({ pipeline: 'ximagesrc ! cudaupload ! nvh264enc ! appsink name=appsink' });
  expect(stream).toMatchObject({ source: 'grab', lifts: true });
  expect(stream.text).toContain('x264enc');
  expect(stream.notice).toContain('capture.video.pipeline: nvh264enc cannot be used, x264enc encodes instead');
});

test('V4 an encoder that fails twice without a picture in between is believed no longer', () => {
  const trust = new HardwareTrust();
  const has = trust.believed(() => true);
  const text = 'appsrc ! vah264enc ! fdsink';
  expect([trust.failed('a', text), has('vah264enc')]).toEqual([undefined, true]);
  trust.delivered('a');
  expect([trust.failed('a', text), has('vah264enc')]).toEqual([undefined, true]);
  expect([trust.failed('a', text), has('vah264enc')]).toEqual(['vah264enc', false]);
  expect(trust.speaksOf('vah264enc cannot be used')).toBe(true);
  expect([trust.failed('a', 'appsrc ! x264enc ! fdsink'), has('x264enc')]).toEqual([undefined, true]);
});
