import { expect, test } from 'vitest';
import { replaceAppsink } from '../../../server/capture/pipelines/payloaders.js';
import { buildStreams, type PipelineInput } from '../../../server/capture/pipelines/pipelines.js';
import { explainStreamError } from '../../../server/capture/streams/stream-errors.js';

type Video = PipelineInput['config']['video'];
type Audio = PipelineInput['config']['audio'];

function build(video: Partial<Video> = {}, audio: Partial<Audio> = {}, more: Partial<PipelineInput> = {}) {
  return buildStreams({
    config: {
      video: { display: undefined, codec: 'vp8', ids: [], pipelines: {}, pipeline: undefined, v2: undefined, ...video },
      audio: { device: 'audio_output.monitor', codec: 'opus', pipeline: undefined, v2: undefined, ...audio },
    },
    screen: { width: 1280, height: 720, rate: 30 },
    display: ':99',
    legacy: false,
    has: () => true,
    ...more,
  });
}

/** The text of one stream, with its start and end as they always are left out. */
function text(id: string, ...input: Parameters<typeof build>): string {
  const built = build(...input);
  if (!built.ok) throw new Error(built.error);
  return built.value.find((stream) => stream.id === id)!.text;
}

test('LD1 by default there are three grabbed pictures and one sound', () => {
  const built = build();
  if (!built.ok) throw new Error(built.error);
  expect(
    built.value.map(({ id, kind, codec, source, hidden, framesPerSecond }) => ({
      id,
      kind,
      codec,
      source,
      hidden,
      framesPerSecond,
    })),
  ).toEqual([
    { id: 'main', kind: 'video', codec: 'vp8', source: 'grab', hidden: false, framesPerSecond: 30 },
    { id: 'medium', kind: 'video', codec: 'vp8', source: 'grab', hidden: false, framesPerSecond: 24 },
    { id: 'low', kind: 'video', codec: 'vp8', source: 'grab', hidden: false, framesPerSecond: 20 },
    { id: 'audio', kind: 'audio', codec: 'opus', source: 'own', hidden: false, framesPerSecond: 0 },
  ]);
});

test.each([
  [
    'vp8',
    /vp8enc .*target-bitrate=3000000 .*! rtpvp8pay picture-id-mode=15-bit name=keyframes pt=96 mtu=1180 timestamp-offset=0 !/,
  ],
  ['vp9', /vp9enc .*target-bitrate=3000000 .*! rtpvp9pay .*pt=98 /],
  ['h264', /x264enc .*bitrate=3000 .*profile=constrained-baseline ! rtph264pay config-interval=-1 .*pt=102 /],
  ['h265', /x265enc .*! rtph265pay config-interval=-1 .*pt=116 /],
  ['av1', /av1enc .*target-bitrate=3000 .*max-quantizer=56 .*! gdppay .*! fdsink name=output/],
] as const)('the default picture in %s', (codec, expected) => {
  expect(text('main', { codec })).toMatch(expected);
  expect(text('main', { codec })).toMatch(
    /^appsrc name=source is-live=true format=time leaky-type=downstream max-buffers=1 max-bytes=0 max-time=0 ! /,
  );
});

test('the default bitrate goes with the pixels, and H.264 falls back to openh264', () => {
  expect(text('main', {}, {}, { screen: { width: 1920, height: 1080, rate: 30 } })).toContain('target-bitrate=6750000');
  expect(text('main', { codec: 'h264' }, {}, { has: (name) => name !== 'x264enc' })).toContain('openh264enc');
});

test('fields of a pipeline become elements in the order of the contract', () => {
  const hq = {
    width: 'width / 2',
    height: 'round(height / 2)',
    fps: '20',
    gstPrefix: '! video/x-raw,format=NV12',
    gstEncoder: 'x264enc',
    gstParams: { bitrate: 'round(3 * 650)', tune: 'zerolatency', 'option-string': '"a b"', empty: '' },
    gstSuffix: '! h264parse',
    showPointer: false,
  };
  expect(text('hq', { codec: 'h264', ids: ['hq'], pipelines: { hq } })).toContain(
    ' ! videoscale method=1 ! capsfilter name=resolution caps=video/x-raw,width=640,height=360 ! video/x-raw,format=NV12 ! ' +
      'x264enc name=encoder bitrate=1950 tune=zerolatency option-string="a b" ! h264parse ! rtph264pay',
  );
});

test('streams outside the id list are hidden, those with a pointer record the screen themselves', () => {
  const built = build({
    ids: ['a'],
    pipelines: { a: { gstEncoder: 'vp8enc', showPointer: false }, b: { gstEncoder: 'vp8enc', fps: '25', showPointer: true } },
  });
  if (!built.ok) throw new Error(built.error);
  expect(built.value.map(({ id, hidden, source }) => `${id} ${hidden} ${source}`)).toEqual([
    'a false grab',
    'b true own',
    'audio false own',
  ]);
  expect(built.value[1]!.text).toMatch(
    /^ximagesrc display-name=:99 show-pointer=true use-damage=false ! video\/x-raw,framerate=2500\/100 ! /,
  );
});

test('written pipelines keep their text; display, device and the sink are put in', () => {
  expect(text('main', { pipeline: 'ximagesrc display-name={display} ! vp8enc ! appsink name=appsink sync=false' })).toMatch(
    /^ximagesrc display-name=:99 ! vp8enc ! rtpvp8pay .* ! rtpstreampay ! fdsink name=output/,
  );
  expect(text('audio', {}, { pipeline: 'pulsesrc device={device} ! opusenc ! appsink name=appsink' })).toMatch(
    /^pulsesrc device=audio_output.monitor ! opusenc ! rtpopuspay dtx=true name=keyframes pt=111 /,
  );
});

test('only the sink named appsink is replaced', () => {
  const branched = replaceAppsink('a ! tee name=t ! appsink name=other t. ! b ! appsink sync=false name="appsink" t. ! c', 'vp8');
  expect(branched).toMatch(/^a ! tee name=t ! appsink name=other t\. ! b ! rtpvp8pay .* t\. ! c$/);
  expect(replaceAppsink('a ! fakesink', 'vp8')).toBeUndefined();
});

test('legacy adds the same picture with a pointer', () => {
  const built = build({}, {}, { legacy: true });
  if (!built.ok) throw new Error(built.error);
  const legacy = built.value.find(({ id }) => id === 'legacy')!;
  expect(legacy).toMatchObject({ hidden: true, source: 'own', codec: 'vp8' });
  expect(legacy.text).toMatch(/^ximagesrc display-name=:99 show-pointer=true .*vp8enc/);
});

test('v2 keys give the pipelines of the contract', () => {
  const v2 = { bitrateKbps: 3072, fps: 25, hardwareEncoder: 'none' as const, template: undefined };
  expect(text('main', { v2 })).toContain('buffer-size=12288 cpu-used=4 deadline=1 end-usage=cbr');
  expect(text('main', { v2: { ...v2, template: 'ximagesrc display-name=%s ! vp8enc' } })).toMatch(
    /^ximagesrc display-name=:99 ! vp8enc ! rtpvp8pay/,
  );
  expect(text('audio', {}, { v2: { bitrateKbps: 96, template: undefined } })).toContain('bitrate=96000');
});

test('the template of v2 draws the pointer for its own clients alone, those of v3 draw it themselves', () => {
  const template = 'ximagesrc display-name=%s show-pointer=true use-damage=false ! vp8enc name=a';
  const v2 = { bitrateKbps: 3072, fps: 25, hardwareEncoder: 'none' as const, template };
  expect(text('main', { v2 }, {}, { legacy: true })).toMatch(/^ximagesrc display-name=:99 show-pointer=false use-damage=false /);
  expect(text('legacy', { v2 }, {}, { legacy: true })).toMatch(/^ximagesrc display-name=:99 show-pointer=true use-damage=false /);
  const still = { ...v2, template: template.replace('true', 'false') };
  expect(text('legacy', { v2: still }, {}, { legacy: true })).toContain('show-pointer=false');
});

test('a written pipeline with several encoders fits if one of them does, an unknown one always', () => {
  const problems = (pipeline: string) => {
    const built = build({ codec: 'vp8', pipeline: `${pipeline} ! appsink name=appsink` });
    return built.ok ? built.value[0]?.problem : built.error;
  };
  expect(problems('a ! tee name=t ! x264enc ! filesink t. ! vp8enc')).toBeUndefined();
  expect(problems('a ! myx264enc name=x264enc')).toBeUndefined();
  expect(problems('a ! x264enc')).toContain('x264enc makes h264, but capture.video.codec is vp8');
  expect(text('audio', {}, { pipeline: 'a ! mulawenc ! appsink name=appsink' })).toContain('mulawenc');
  const sound = (build({}, { pipeline: 'a ! mulawenc ! appsink name=appsink' }) as { value: { problem?: string }[] }).value.at(
    -1,
  );
  expect(sound?.problem).toContain('mulawenc makes pcmu, but capture.audio.codec is opus; set NEKO_CAPTURE_AUDIO_CODEC=pcmu');
});

test.each([
  ['opus', 'audio/x-raw,rate=48000,channels=2 ! opusenc'],
  ['g722', 'audio/x-raw,rate=16000,channels=1 ! avenc_g722'],
  ['pcmu', 'audio/x-raw,rate=8000,channels=1 ! mulawenc'],
  ['pcma', 'audio/x-raw,rate=8000,channels=1 ! alawenc'],
] as const)('sound in %s', (codec, expected) => {
  expect(text('audio', {}, { codec })).toContain(expected);
});

test.each([
  [{ pipelines: { a: { showPointer: false } } }, 'capture.video.pipelines.a: gst_encoder or gst_pipeline is needed'],
  [{ pipelines: { a: { gstEncoder: 'e', fps: '0', showPointer: false } } }, 'capture.video.pipelines.a.fps: must be above 0'],
  [
    { pipelines: { a: { gstEncoder: 'e', width: 'width *', height: '1', showPointer: false } } },
    'capture.video.pipelines.a.width: "width *": unexpected "the end"',
  ],
  [
    { pipelines: { a: { gstEncoder: 'e', gstParams: { b: '1 +' }, showPointer: false } } },
    'capture.video.pipelines.a.gst_params.b: "1 +": unexpected "the end"',
  ],
  [{ pipeline: 'ximagesrc ! vp8enc' }, 'capture.video.pipeline: the pipeline must end in "appsink name=appsink"'],
] satisfies ReadonlyArray<readonly [Partial<Video>, string]>)('a bad pipeline names its key: %#', (video, error) => {
  expect(build(video)).toEqual({ ok: false, error });
});

test.each([
  ['no element "x264enc"', 'GStreamer has no element "x264enc": install gstreamer1.0-plugins-ugly'],
  ['no element "av1enc"', 'GStreamer has no element "av1enc": install gstreamer1.0-plugins-bad'],
  [
    'Failed to connect: Connection refused',
    'PulseAudio does not answer (Connection refused): start it, or name its socket in PULSE_SERVER',
  ],
  ['something else', 'something else'],
])('%s is explained', (message, explained) => {
  expect(explainStreamError(message)).toBe(explained);
});
