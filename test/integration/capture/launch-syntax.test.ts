import { expect, test } from 'vitest';
import { encodersIn } from '../../../server/capture/encoders/known-encoders.js';
import { buildStreams } from '../../../server/capture/pipelines/pipelines.js';
import { loadConfig } from '../../../server/config/load.js';
import { type GStreamer, openGStreamer } from '../../../server/native/gstreamer.js';

/** Every generated text is given to GStreamer's own parser, which also links the elements by their caps. */
const gst = opened();

const CODECS = ['vp8', 'vp9', 'av1', 'h264', 'h265'];
const HARDWARE = [
  'vaapivp8enc',
  'vah264enc',
  'vah265enc',
  'nvautogpuh264enc',
  'nvh264enc',
  'nvh265enc',
  'v4l2vp8enc',
  'v4l2h264enc',
  'v4l2h265enc',
];
/** Elements that are said to be missing, by name of the machine. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  'with everything': [],
  'without hardware': HARDWARE,
  'without x264': [...HARDWARE, 'x264enc'],
  'without openh264': [...HARDWARE, 'openh264enc'],
  'with one NVIDIA encoder': ['nvautogpuh264enc'],
  'with an older GStreamer': ['videoconvertscale'],
  'with nothing': [...HARDWARE, 'x264enc', 'openh264enc'],
};

const SCREENS = [
  [1280, 720, 30],
  [3840, 2160, 60],
  [401, 301, 9.97],
] as const;

type Variables = Readonly<Record<string, string>>;

/** What these settings are refused for, and what GStreamer's parser says against their streams on each machine. */
async function complaints(env: Variables): Promise<string[]> {
  const loaded = loadConfig({ argv: [], env, readFile: () => undefined });
  if (!loaded.ok) return loaded.error.map(({ message }) => message);
  const { capture, legacy } = loaded.value.config;
  const found: string[] = [];
  for (const [machine, missing] of Object.entries(MACHINES)) {
    const has = (element: string) => !missing.includes(element);
    const display = capture.video.display ?? ':99.0';
    for (const [width, height, rate] of SCREENS) {
      const built = buildStreams({ config: capture, screen: { width, height, rate }, display, legacy, has });
      if (!built.ok) return [built.error];
      for (const { id, text } of built.value) {
        const complaint = await parsed(text);
        if (complaint !== undefined) found.push(`${id} ${machine}: ${complaint}\n  ${text}`);
      }
    }
  }
  return found;
}

const known = new Map<string, string | undefined>();

async function parsed(text: string): Promise<string | undefined> {
  if (known.has(text)) return known.get(text);
  const launched = gst.launch(withoutHardware(text));
  known.set(text, launched.ok ? undefined : launched.error);
  if (launched.ok) await launched.value.close();
  return known.get(text);
}

/** An encoder that this machine lacks would be the parser's first complaint and hide the next, so a sink and a source stand for it. */
function withoutHardware(text: string): string {
  const lacking = encodersIn(text).filter(({ element, hardware }) => hardware !== undefined && !gst.hasElement(element));
  return lacking.reduce(
    (left, { element }) => left.replace(new RegExp(`\\b${element}\\b(?:"(?:[^"\\\\]|\\\\.)*"|[^!"])*`), 'fakesink fakesrc '),
    text,
  );
}

function opened(): GStreamer {
  const result = openGStreamer();
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Every choice of one value per variable; an empty value leaves the variable out. */
function* combinations(choices: Readonly<Record<string, readonly string[]>>): Generator<Variables> {
  const [first, ...rest] = Object.entries(choices);
  if (first === undefined) return yield {};
  const [name, values] = first;
  for (const others of combinations(Object.fromEntries(rest))) {
    for (const value of values) yield value === '' ? others : { [name]: value, ...others };
  }
}

async function none(all: Iterable<Variables>): Promise<void> {
  for (const env of all) expect(await complaints(env)).toEqual([]);
}

test('two caps in a row are an error of the parser, and so are two "!"', async () => {
  expect(await parsed('videotestsrc ! video/x-raw ! video/x-raw,format=NV12 ! fakesink')).toBeDefined();
  expect(await parsed('videotestsrc ! ! fakesink')).toBeDefined();
});

test('no text of the default ladder is a syntax error, whatever codec, rungs, legacy mode and machine', async () => {
  await none(
    combinations({
      NEKO_CAPTURE_VIDEO_CODEC: CODECS,
      NEKO_CAPTURE_VIDEO_IDS: ['', 'low main'],
      NEKO_LEGACY: ['1', '0'],
      NEKO_CAPTURE_VIDEO_DISPLAY: ['', 'my display! ', ':1"'],
    }),
  );
});

test('no text of the v2 keys is, whatever codec, encoder, bit rate and rate', async () => {
  await none(
    combinations({
      NEKO_VIDEO_CODEC: CODECS,
      NEKO_HWENC: ['', 'none', 'VAAPI', 'nvenc', 'V4L2'],
      NEKO_VIDEO_BITRATE: ['', '1', '999999999'],
      NEKO_MAX_FPS: ['', '1', '999999999'],
      NEKO_LEGACY: ['1'],
    }),
  );
});

test('no text of a v2 template is', async () => {
  const encoders = { vp8: 'vp8enc', h264: 'x264enc ! video/x-h264,profile=baseline', av1: 'av1enc', h265: 'nvh265enc' };
  const source = 'ximagesrc display-name=%s show-pointer=true ! video/x-raw,framerate=25/1 ! videoconvert ! queue';
  for (const [codec, encoder] of Object.entries(encoders)) {
    await none(
      combinations({
        NEKO_VIDEO_CODEC: [codec],
        NEKO_VIDEO: ['', ' ! ', ' ! appsink name=appsink', ' ! appsink sync=false name=appsink'].map(
          (end) => `${source} ! ${encoder}${end}`,
        ),
      }),
    );
  }
});

const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  vp8: ['vp8enc', 'vaapivp8enc', 'video/x-raw,format=I420 ! vp8enc'],
  vp9: ['vp9enc'],
  av1: ['av1enc', 'nvav1enc'],
  h264: ['x264enc', 'x264enc tune=zerolatency', 'openh264enc', 'nvh264enc', 'vah264enc', 'v4l2h264enc'],
  h265: ['x265enc', 'vah265enc'],
};
const PREFIXES = [
  '',
  '! video/x-raw,format=I420',
  '! video/x-raw, format=(string)I420 ! video/x-raw,format=I420 !',
  '!',
  '! queue ! !',
  ' ! videorate ! video/x-raw,framerate=10/1',
];
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  h264: [
    '! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream',
    '! video/x-h264,profile=baseline ! video/x-h264,stream-format=byte-stream !',
  ],
  h265: ['! h265parse ! video/x-h265,stream-format=byte-stream'],
};
const PARAMS = [
  {},
  { 'no-such': '' },
  { name: '"two words"', qos: 'true' },
  { name: '"\\"quoted\\""' },
  { name: '"a!b \\\\ c\\"d"' },
];

test('no text of fields is, whatever encoder, prefix, suffix, parameters, size, rate and pointer', async () => {
  for (const [codec, encoders] of Object.entries(ENCODERS)) {
    for (const encoder of encoders) {
      for (const prefix of PREFIXES) await none([streams(codec, encoder, prefix)]);
    }
  }
});

const SHAPES = [{}, { width: 'width/2', height: '100' }, { fps: 0.001 }, { fps: '1000' }];

/** One stream for each of the remaining choices; parameters, which touch nothing else, once each. */
function streams(codec: string, encoder: string, prefix: string): Variables {
  const shaped = ['', '!', ...(SUFFIXES[codec] ?? [])].flatMap((suffix) =>
    SHAPES.flatMap((shape) => [true, false].map((pointer) => ({ gst_suffix: suffix, show_pointer: pointer, ...shape }))),
  );
  const entries = [...shaped, ...PARAMS.map((params) => ({ gst_params: params }))].map((entry) => ({
    gst_prefix: prefix,
    gst_encoder: encoder,
    ...entry,
  }));
  const pipelines = Object.fromEntries(entries.map((entry, index) => [`s${index}`, entry]));
  const ids = Object.keys(pipelines).join(' ');
  return {
    NEKO_CAPTURE_VIDEO_CODEC: codec,
    NEKO_CAPTURE_VIDEO_IDS: ids,
    NEKO_CAPTURE_VIDEO_PIPELINES: JSON.stringify(pipelines),
  };
}

test('no text for sound is, whatever codec, bit rate and device', async () => {
  await none(
    combinations({
      NEKO_CAPTURE_AUDIO_DEVICE: ['', 'two words', 'a!b', 'a"b', "a'b", '\\', 'ä'],
      NEKO_AUDIO_CODEC: ['opus', 'g722', 'pcmu', 'pcma'],
      NEKO_AUDIO_BITRATE: ['', '1', '999999999'],
      NEKO_AUDIO: [''],
    }),
  );
  await none([{ NEKO_AUDIO: 'pulsesrc device=%s ! audioconvert ! audioresample ! opusenc ! ' }]);
});

test('these were many texts', () => {
  expect(known.size).toBeGreaterThan(500);
});
