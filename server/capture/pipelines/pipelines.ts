import type { CaptureConfig, PipelineConfig } from '../../config/config.js';
import { DEFAULT_LADDER_IDS } from '../../config/streams.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import { defaultBitrateBps, defaultEncoder, type HasElement } from '../encoders/default-encoders.js';
import { fallbackNotice, type HardwareDevices, missingHardware, NO_DEVICES } from '../encoders/hardware-fallback.js';
import { codecProblem } from '../encoders/known-encoders.js';
import { audioStream } from './audio-stream.js';
import { composed, composedWith, type PictureSource } from './composed-pipeline.js';
import { defaultLadder, type LadderRung } from './default-ladder.js';
import { replaceAppsink } from './payloaders.js';
import { rungPicture } from './rung-picture.js';
import type { StreamDescription } from './stream-description.js';
import { v2VideoEncoder } from './v2-pipelines.js';
import { colors, grabbed, type VideoText, withPointer } from './video-text.js';

/** Everything the descriptions depend on. */
export interface PipelineInput {
  readonly config: Pick<CaptureConfig, 'audio' | 'video'>;
  readonly screen: ScreenSize;
  /** The X display, for pipelines that record it themselves. */
  readonly display: string;
  readonly legacy: boolean;
  readonly has: HasElement;
  /** For the words about a hardware encoder that is missing; none unless given. */
  readonly devices?: HardwareDevices;
}

const MAIN_ID = DEFAULT_LADDER_IDS[0]!;
const LEGACY_ID = 'legacy';

/** All streams of a configuration, or the first error with the key it belongs to. */
export function buildStreams(input: PipelineInput): Result<StreamDescription[]> {
  const streams: StreamDescription[] = [];
  for (const built of [...videoStreams(input), ok(audioStream(input.config.audio))]) {
    if (!built.ok) return built;
    streams.push(built.value);
  }
  return ok(streams);
}

function videoStreams(input: PipelineInput): Array<Result<StreamDescription>> {
  const { video } = input.config;
  const entries = Object.entries(video.pipelines);
  if (entries.length > 0) return entries.map(([id, pipeline]) => configured(input, id, pipeline, video.ids));
  const texts = mainTexts(input);
  if (!texts.ok) return [texts];
  const isLadder = video.pipeline === undefined && video.v2 === undefined;
  const shown = isLadder
    ? defaultLadder(input.screen).map((rung) => ladderStream(input, rung))
    : [videoStream(input, MAIN_ID, texts.value.main)];
  const legacy = input.legacy ? [{ ...videoStream(input, LEGACY_ID, texts.value.legacy), hidden: true }] : [];
  return [...shown, ...legacy].map((stream) => ok(stream));
}

/** A rung of the default ladder. Unless the configuration names some of them, those that are worthwhile are shown. */
function ladderStream(input: PipelineInput, rung: LadderRung): StreamDescription {
  const { codec, ids } = input.config.video;
  const namesSome = ids.length > 0 && ids.length < DEFAULT_LADDER_IDS.length;
  const hidden = namesSome ? !ids.includes(rung.id) : !rung.worthwhile;
  return { ...videoStream(input, rung.id, rungPicture({ ...input, codec }, rung)), hidden, mayExceed: true };
}

function videoStream({ config }: PipelineInput, id: string, video: VideoText): StreamDescription {
  const { codec } = config.video;
  const keyframeBy = video.source === 'grab' && /\bav1enc\b/.test(video.text) ? 'caps' : 'event';
  const output = codec === 'av1' ? 'av1' : 'rtp';
  return { id, kind: 'video', codec, hidden: false, mayExceed: false, output, keyframeBy, ...video };
}

interface MainTexts {
  readonly main: VideoText;
  /** The same picture with the pointer drawn, for clients that draw none. */
  readonly legacy: VideoText;
}

/** Streams `main` and `legacy`: one written pipeline, the v2 keys, or the default. */
function mainTexts(input: PipelineInput): Result<MainTexts> {
  const { pipeline, v2 } = input.config.video;
  if (pipeline !== undefined) {
    const pointing = pipeline.replace('show-pointer=false', 'show-pointer=true');
    return both(written(input, 'capture.video.pipeline', pipeline), written(input, 'capture.video.pipeline', pointing), input);
  }
  if (v2?.template !== undefined) {
    const text = v2Text(v2.template, input.display);
    // Clients of v3 draw the pointer themselves and would show two; those of v2 draw none (section 2.7).
    const still = text.replace('show-pointer=true', 'show-pointer=false');
    return both(written(input, 'NEKO_VIDEO', still), written(input, 'NEKO_VIDEO', text), input);
  }
  const main = ok(v2 === undefined ? defaultText(input) : v2KeysText(input, v2));
  return both(main, main, input);
}

function both(main: Result<VideoText>, legacy: Result<VideoText>, { display }: PipelineInput): Result<MainTexts> {
  if (!main.ok) return main;
  if (!legacy.ok) return legacy;
  const pointing = withPointer(legacy.value, display);
  const { notice: _said, ...silent } = legacy.value;
  return ok({ main: main.value, legacy: pointing === undefined ? silent : { ...silent, source: 'own', text: pointing } });
}

/** The first rung of the default ladder, also in place of a written picture that cannot be made. */
function defaultText(input: PipelineInput): VideoText {
  return rungPicture({ ...input, codec: input.config.video.codec }, defaultLadder(input.screen)[0]!);
}

type V2Keys = NonNullable<CaptureConfig['video']['v2']>;

function v2KeysText({ config, has, devices = NO_DEVICES }: PipelineInput, v2: V2Keys): VideoText {
  const { codec } = config.video;
  const asked = v2VideoEncoder(codec, v2, has);
  const missing = missingHardware(asked, has);
  if (missing === undefined) return grabbed([colors(codec), asked], codec, v2.fps, false);
  const software = v2VideoEncoder(codec, { ...v2, hardwareEncoder: 'none' }, has);
  return { ...grabbed([colors(codec), software], codec, v2.fps, false), notice: fallbackNotice(missing, software, devices) };
}

/** The whole text of a v2 template, which has no sink unless it was taken from v3. */
function v2Text(template: string, display: string): string {
  const text = template.replace('%s', () => display).replace(/[!\s]+$/, '');
  return replaceAppsink(text, 'vp8') === undefined ? `${text} ! appsink name=appsink` : text;
}

/** A pipeline that the user wrote whole; without its hardware encoder the default picture takes its place. */
function written(input: PipelineInput, key: string, pipeline: string): Result<VideoText> {
  const { codec } = input.config.video;
  const text = replaceAppsink(
    pipeline.replace('{display}', () => input.display),
    codec,
  );
  if (text === undefined) return err(`${key}: the pipeline must end in "appsink name=appsink"`);
  const missing = missingHardware(pipeline, input.has);
  if (missing !== undefined && missing.codec === codec) {
    const instead = defaultText(input);
    return ok({ ...instead, notice: `${key}: ${fallbackNotice(missing, instead.text, input.devices ?? NO_DEVICES)}` });
  }
  const problem = codecProblem(pipeline, key, 'video', codec);
  const own: VideoText = { source: 'own', text, framesPerSecond: input.screen.rate, lifts: false };
  return ok(problem === undefined ? own : { ...own, problem });
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
    : composedOrFallback(input, key, pipeline);
  return text.ok ? ok({ ...videoStream(input, id, text.value), hidden: !ids.includes(id) }) : text;
}

/** The stream of the fields; without its hardware encoder the software one of its codec, at the same size and rate. */
function composedOrFallback(input: PipelineInput, key: string, pipeline: PipelineConfig): Result<VideoText> {
  const { has, devices = NO_DEVICES } = input;
  const { codec } = input.config.video;
  const picture: PictureSource = { screen: input.screen, display: input.display, codec };
  const asked = composed(picture, key, pipeline);
  const encoder = pipeline.gstEncoder ?? '';
  if (!asked.ok) return asked;
  const missing = missingHardware(encoder, has);
  if (missing !== undefined && missing.codec === codec) {
    const software = (width: number, height: number) => defaultEncoder(codec, defaultBitrateBps(width, height), has);
    const instead = composedWith(picture, key, pipeline, software);
    if (!instead.ok) return instead;
    return ok({ ...instead.value, notice: `${key}: ${fallbackNotice(missing, software(1, 1), devices)}` });
  }
  const problem = codecProblem(encoder, `${key}.gst_encoder`, 'video', codec);
  return ok(problem === undefined ? asked.value : { ...asked.value, problem });
}
