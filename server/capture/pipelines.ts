import type { CaptureConfig, PipelineConfig } from '../config/config.js';
import { err, ok, type Result } from '../lib/result.js';
import { defaultBitrateBps, defaultEncoder, type HasElement } from './default-encoders.js';
import { evaluateNumber, evaluateText, type Variables } from './expression.js';
import { outputChain, replaceAppsink } from './payloaders.js';
import type { ScreenSize } from './screen-size.js';
import type { StreamDescription } from './stream-description.js';
import { audioEncoder, v2VideoEncoder } from './v2-pipelines.js';

/** Everything the descriptions depend on. */
export interface PipelineInput {
  readonly config: Pick<CaptureConfig, 'audio' | 'video'>;
  readonly screen: ScreenSize;
  /** The X display, for pipelines that record it themselves. */
  readonly display: string;
  readonly legacy: boolean;
  readonly has: HasElement;
}

export const AUDIO_ID = 'audio';
const MAIN_ID = 'main';
const LEGACY_ID = 'legacy';
const DEFAULT_OPUS_BPS = 128_000;
const DEFAULT_POINTER_FPS = 25;

/** The picture grabbed on damage enters here. A queue of one frame that drops the older one keeps latency from growing. */
const GRAB_SOURCE =
  'appsrc name=source is-live=true format=time leaky-type=downstream max-buffers=1 max-bytes=0 max-time=0 ! videoconvert n-threads=1';
/** What browsers take an unmarked picture for: AV1 for BT.709, everything else for BT.601. */
function colors(codec: StreamDescription['codec'], format = ''): string {
  return `video/x-raw${format},colorimetry=${codec === 'av1' ? 'bt709' : 'bt601'}`;
}

/**
 * Small PulseAudio fragments keep the sound's delay near the picture's; the system clock is the one of every pipeline.
 */
const PULSE_OPTIONS = 'provide-clock=false buffer-time=80000 latency-time=20000';

/** All streams of a configuration, or the first error with the key it belongs to (spec/capture.md sections 2 and 3). */
export function buildStreams(input: PipelineInput): Result<StreamDescription[]> {
  const streams: StreamDescription[] = [];
  for (const built of [...videoStreams(input), ok(audioStream(input))]) {
    if (!built.ok) return built;
    streams.push(built.value);
  }
  return ok(streams);
}

function videoStreams(input: PipelineInput): Array<Result<StreamDescription>> {
  const { video } = input.config;
  const entries = Object.entries(video.pipelines);
  if (entries.length > 0) return entries.map(([id, pipeline]) => configured(input, id, pipeline, video.ids));
  const main = mainText(input);
  const visible = main.ok ? ok(videoStream(input, MAIN_ID, main.value)) : main;
  if (!input.legacy || !main.ok) return [visible];
  return [visible, ok({ ...videoStream(input, LEGACY_ID, legacyText(input, main.value)), hidden: true })];
}

interface VideoText {
  readonly text: string;
  readonly source: 'grab' | 'own';
  readonly framesPerSecond: number;
  readonly lifts: boolean;
}

function videoStream({ config }: PipelineInput, id: string, video: VideoText): StreamDescription {
  const { codec } = config.video;
  const keyframeBy = video.source === 'grab' && /\bav1enc\b/.test(video.text) ? 'caps' : 'event';
  return { id, kind: 'video', codec, hidden: false, output: codec === 'av1' ? 'av1' : 'rtp', keyframeBy, ...video };
}

/** Stream `main`: one written pipeline, the v2 keys, or the default. */
function mainText(input: PipelineInput): Result<VideoText> {
  const { codec, pipeline, v2 } = input.config.video;
  if (pipeline !== undefined) return written(input, 'capture.video.pipeline', pipeline);
  if (v2?.template !== undefined) {
    return written(input, 'video', `${v2.template.replace('%s', input.display)} ! appsink name=appsink`);
  }
  const { width, height, rate } = input.screen;
  if (v2 !== undefined) return ok(grabbed(`${colors(codec)} ! ${v2VideoEncoder(codec, v2, input.has)}`, codec, v2.fps, false));
  const encoder = defaultEncoder(codec, defaultBitrateBps(width, height), input.has);
  return ok(grabbed(`${colors(codec, ',format=I420')} ! ${encoder}`, codec, rate, true));
}

/** The same picture with the pointer drawn, for clients that draw none. */
function legacyText(input: PipelineInput, main: VideoText): VideoText {
  if (main.source === 'own') return { ...main, text: main.text.replace('show-pointer=false', 'show-pointer=true') };
  const fps = Math.min(DEFAULT_POINTER_FPS, main.framesPerSecond);
  return { ...main, source: 'own', text: main.text.replace(GRAB_SOURCE, pointerSource(input.display, fps)) };
}

function grabbed(rest: string, codec: StreamDescription['codec'], framesPerSecond: number, lifts: boolean): VideoText {
  return { source: 'grab', text: `${GRAB_SOURCE} ! ${rest} ! ${outputChain(codec)}`, framesPerSecond, lifts };
}

function pointerSource(display: string, fps: number | undefined): string {
  const rate = fps === undefined ? 'video/x-raw' : `video/x-raw,framerate=${Math.floor(fps * 100)}/100`;
  return `ximagesrc display-name=${display} show-pointer=true use-damage=false ! ${rate} ! videoconvert ! queue`;
}

function written(input: PipelineInput, key: string, pipeline: string): Result<VideoText> {
  const text = replaceAppsink(pipeline.replace('{display}', input.display), input.config.video.codec);
  if (text === undefined) return err(`${key}: the pipeline must end in "appsink name=appsink"`);
  return ok({ source: 'own', text, framesPerSecond: input.screen.rate, lifts: false });
}

/** One entry of `capture.video.pipelines`. */
function configured(
  input: PipelineInput,
  id: string,
  pipeline: PipelineConfig,
  ids: readonly string[],
): Result<StreamDescription> {
  const key = `capture.video.pipelines.${id}`;
  const text = pipeline.gstPipeline
    ? written(input, `${key}.gst_pipeline`, pipeline.gstPipeline)
    : composed(input, key, pipeline);
  return text.ok ? ok({ ...videoStream(input, id, text.value), hidden: !ids.includes(id) }) : text;
}

function composed(input: PipelineInput, key: string, pipeline: PipelineConfig): Result<VideoText> {
  const { codec } = input.config.video;
  const variables: Variables = { width: input.screen.width, height: input.screen.height, fps: input.screen.rate };
  if (!pipeline.gstEncoder) return err(`${key}: gst_encoder or gst_pipeline is needed`);
  const fps = optionalNumber(`${key}.fps`, pipeline.fps, variables);
  if (!fps.ok) return fps;
  if (fps.value !== undefined && fps.value <= 0) return err(`${key}.fps: must be above 0`);
  const scale = scaling(key, pipeline, variables);
  if (!scale.ok) return scale;
  const encoder = encoderText(key, pipeline, variables);
  if (!encoder.ok) return encoder;
  // Prefix and suffix start with their own "!".
  const middle = ` ! ${colors(codec)}${scale.value}${trimmed(pipeline.gstPrefix)} ! ${encoder.value}${trimmed(pipeline.gstSuffix)}`;
  if (pipeline.showPointer) {
    const text = `${pointerSource(input.display, fps.value)}${middle} ! ${outputChain(codec)}`;
    return ok({ source: 'own', text, framesPerSecond: fps.value ?? input.screen.rate, lifts: false });
  }
  const text = `${GRAB_SOURCE}${middle} ! ${outputChain(codec)}`;
  return ok({ source: 'grab', text, framesPerSecond: fps.value ?? input.screen.rate, lifts: fps.value === undefined });
}

function scaling(key: string, pipeline: PipelineConfig, variables: Variables): Result<string> {
  const width = optionalNumber(`${key}.width`, pipeline.width, variables);
  if (!width.ok) return width;
  const height = optionalNumber(`${key}.height`, pipeline.height, variables);
  if (!height.ok) return height;
  if (width.value === undefined || height.value === undefined) return ok('');
  const size = [Math.trunc(width.value), Math.trunc(height.value)];
  if (size.some((length) => length < 1)) return err(`${key}: the size ${size.join('x')} is empty`);
  return ok(` ! videoscale method=0 ! capsfilter name=resolution caps=video/x-raw,width=${size[0]},height=${size[1]}`);
}

function encoderText(key: string, pipeline: PipelineConfig, variables: Variables): Result<string> {
  const properties: string[] = [];
  for (const [name, expression] of Object.entries(pipeline.gstParams ?? {})) {
    if (expression === '') continue;
    const value = evaluateText(expression, variables);
    if (!value.ok) return err(`${key}.gst_params.${name}: ${value.error}`);
    properties.push(`${name}=${quoted(value.value)}`);
  }
  return ok([pipeline.gstEncoder, 'name=encoder', ...properties].join(' '));
}

/** Launch syntax ends a value at white space unless it is quoted. */
function quoted(value: string): string {
  return /[\s!]/.test(value) && !value.startsWith('"') ? `"${value.replace(/[\\"]/g, '\\$&')}"` : value;
}

function trimmed(part: string | undefined): string {
  return part?.trim() ? ` ${part.trim()}` : '';
}

function optionalNumber(key: string, text: string | undefined, variables: Variables): Result<number | undefined> {
  if (text === undefined || text === '') return ok(undefined);
  const value = evaluateNumber(text, variables);
  return value.ok ? value : err(`${key}: ${value.error}`);
}

function audioStream({ config }: PipelineInput): StreamDescription {
  const { codec, device, pipeline, v2 } = config.audio;
  const stream = {
    id: AUDIO_ID,
    kind: 'audio',
    codec,
    hidden: false,
    source: 'own',
    output: 'rtp',
    keyframeBy: 'event',
    framesPerSecond: 0,
    lifts: false,
  } as const;
  const template = pipeline?.replace('{device}', device) ?? templateOf(v2?.template, device);
  // A pipeline that nothing comes out of is no reason to stop: it is found out when it is built, as a desktop without sound.
  if (template !== undefined) return { ...stream, text: replaceAppsink(template, codec) ?? template };
  const source = `pulsesrc name=source device=${device} ${PULSE_OPTIONS} ! audioconvert ! audioresample`;
  const bitrateBps = v2 === undefined ? DEFAULT_OPUS_BPS : v2.bitrateKbps * 1000;
  const text = `${source} ! queue max-size-buffers=5 leaky=downstream ! ${audioEncoder(codec, bitrateBps)} ! ${outputChain(codec)}`;
  return { ...stream, text };
}

function templateOf(template: string | undefined, device: string): string | undefined {
  return template === undefined ? undefined : `${template.replace('%s', device)} ! appsink name=appsink`;
}
