import type { PipelineConfig } from '../../config/config.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { VideoCodecName } from '../../protocol/codec.js';
import type { ScreenSize } from '../../protocol/events/screen.js';
import type { PictureSize } from './default-ladder.js';
import { evaluateNumber, evaluateText, type Variables } from './expression.js';
import { quoted } from './launch-text.js';
import { colors, grabbed, pointed, scaled, type VideoText } from './video-text.js';

/** Where and in which codec a picture is made. */
export interface PictureSource {
  readonly screen: ScreenSize;
  readonly display: string;
  readonly codec: VideoCodecName;
}

/** Larger than any encoder takes. */
const MAX_LENGTH = 32_768;
const MAX_FPS = 1_000;

/** The stream that the fields of a pipeline describe, or the error with its key. */
export function composed(input: PictureSource, key: string, pipeline: PipelineConfig): Result<VideoText> {
  if (!pipeline.gstEncoder) return err(`${key}: gst_encoder or gst_pipeline is needed`);
  const variables = variablesOf(input.screen);
  const encoder = encoderText(key, pipeline, variables);
  if (!encoder.ok) return encoder;
  return framed(input, key, pipeline, () => [pipeline.gstPrefix ?? '', encoder.value, pipeline.gstSuffix ?? '']);
}

/** The same stream around another encoder, which is made for the size of the picture. */
export function composedWith(
  input: PictureSource,
  key: string,
  pipeline: PipelineConfig,
  encoder: (width: number, height: number) => string,
): Result<VideoText> {
  return framed(input, key, pipeline, (width, height) => ['video/x-raw,format=I420', encoder(width, height)]);
}

function framed(
  { screen, display, codec }: PictureSource,
  key: string,
  pipeline: PipelineConfig,
  encode: (width: number, height: number) => readonly string[],
): Result<VideoText> {
  const variables = variablesOf(screen);
  const fps = optionalNumber(`${key}.fps`, pipeline.fps, variables);
  if (!fps.ok) return fps;
  if (fps.value !== undefined && fps.value <= 0) return err(`${key}.fps: must be above 0`);
  if (fps.value !== undefined && fps.value > MAX_FPS) return err(`${key}.fps: must be ${MAX_FPS} at most`);
  const size = scaledSize(key, pipeline, variables);
  if (!size.ok) return size;
  const { width, height } = size.value ?? screen;
  const parts = [colors(codec), ...(size.value === undefined ? [] : [scaled(screen, size.value)]), ...encode(width, height)];
  if (!pipeline.showPointer) return ok(grabbed(parts, codec, fps.value ?? screen.rate, fps.value === undefined));
  const text = pointed(display, fps.value, parts, codec);
  return ok({ source: 'own', text, framesPerSecond: fps.value ?? screen.rate, lifts: false });
}

function variablesOf({ width, height, rate }: ScreenSize): Variables {
  return { width, height, fps: rate };
}

function scaledSize(key: string, pipeline: PipelineConfig, variables: Variables): Result<PictureSize | undefined> {
  const width = optionalNumber(`${key}.width`, pipeline.width, variables);
  if (!width.ok) return width;
  const height = optionalNumber(`${key}.height`, pipeline.height, variables);
  if (!height.ok) return height;
  if (width.value === undefined || height.value === undefined) return ok(undefined);
  const size = { width: Math.trunc(width.value), height: Math.trunc(height.value) };
  const shown = `the size ${size.width}x${size.height}`;
  if (size.width < 1 || size.height < 1) return err(`${key}: ${shown} is empty`);
  return size.width > MAX_LENGTH || size.height > MAX_LENGTH ? err(`${key}: ${shown} is beyond ${MAX_LENGTH}`) : ok(size);
}

function encoderText(key: string, pipeline: PipelineConfig, variables: Variables): Result<string> {
  const properties: string[] = [];
  for (const [name, expression] of Object.entries(pipeline.gstParams ?? {})) {
    if (expression === '') continue;
    if (!/^[\w:-]+$/.test(name)) return err(`${key}.gst_params: ${JSON.stringify(name)} is no name of a property`);
    const value = evaluateText(expression, variables);
    if (!value.ok) return err(`${key}.gst_params.${name}: ${value.error}`);
    properties.push(`${name}=${quoted(value.value)}`);
  }
  const named = /\bname\s*=/.test(pipeline.gstEncoder ?? '') || pipeline.gstParams?.name;
  return ok([pipeline.gstEncoder, ...(named ? [] : ['name=encoder']), ...properties].join(' '));
}

function optionalNumber(key: string, text: string | undefined, variables: Variables): Result<number | undefined> {
  if (text === undefined || text === '') return ok(undefined);
  const value = evaluateNumber(text, variables);
  if (!value.ok) return err(`${key}: ${value.error}`);
  return Number.isFinite(value.value) ? value : err(`${key}: "${text}" gives no number`);
}
