import type { VideoCodecName } from '../../protocol/codec.js';
import { CONVERTER_AND_SCALER, type HasElement } from '../encoders/default-encoders.js';
import type { PictureSize } from './default-ladder.js';
import { chain, quoted } from './launch-text.js';
import { outputChain } from './payloaders.js';

/** A picture's launch text and what the worker has to know of it. */
export interface VideoText {
  readonly text: string;
  readonly source: 'grab' | 'own';
  readonly framesPerSecond: number;
  readonly lifts: boolean;
  /** What the administrator should know though it runs. */
  readonly notice?: string;
  /** Why it cannot run, in better words than GStreamer's. */
  readonly problem?: string;
}

/** The picture grabbed on damage enters here. A queue of one frame that drops the older one keeps latency from growing. */
const GRAB_APPSRC = 'appsrc name=source is-live=true format=time leaky-type=downstream max-buffers=1 max-bytes=0 max-time=0';
export const GRAB_SOURCE = `${GRAB_APPSRC} ! videoconvert n-threads=1`;

/** More than any screen has; GStreamer counts in hundredths within 31 bits. */
const MAX_FPS = 1_000;
const DEFAULT_POINTER_FPS = 25;

/** What browsers take an unmarked picture for: AV1 for BT.709, everything else for BT.601. */
export function colors(codec: VideoCodecName, format = ''): string {
  return `video/x-raw${format},colorimetry=${codec === 'av1' ? 'bt709' : 'bt601'}`;
}

/** Scales a picture of the size `from`, so that text stays readable as far as the size allows. */
export function scaled(from: PictureSize, to: PictureSize): string {
  return `videoscale method=${scaleMethod(from, to)} ! capsfilter name=resolution caps=video/x-raw,${sizeCaps(to)}`;
}

/**
 * Two taps (method 1) see every pixel down to half the size; below that lines would vanish, which as many taps as it takes
 * (method 4) prevent. On text at two thirds of the size, nearest neighbour is 1 dB worse than two taps, and more taps gain
 * 0.1 dB for a quarter more time.
 */
function scaleMethod(from: PictureSize, to: PictureSize): number {
  return to.width * 2 >= from.width && to.height * 2 >= from.height ? 1 : 4;
}

function sizeCaps({ width, height }: PictureSize): string {
  return `width=${width},height=${height}`;
}

/** A picture grabbed by us: the parts from its caps to its encoder, between our source and our sink. */
export function grabbed(parts: readonly string[], codec: VideoCodecName, framesPerSecond: number, lifts: boolean): VideoText {
  const fps = Math.min(MAX_FPS, framesPerSecond);
  return { source: 'grab', text: chain(GRAB_SOURCE, ...parts, outputChain(codec)), framesPerSecond: fps, lifts };
}

/**
 * A picture grabbed by us in another size. Converting and scaling in one pass takes half of what it takes one after the other; that
 * element came with GStreamer 1.22.
 */
export function grabbedScaled(
  { from, to, has }: { readonly from: PictureSize; readonly to: PictureSize; readonly has: HasElement },
  encoder: string,
  codec: VideoCodecName,
  framesPerSecond: number,
): VideoText {
  const raw = colors(codec, ',format=I420');
  if (!has(CONVERTER_AND_SCALER)) return grabbed([raw, scaled(from, to), encoder], codec, framesPerSecond, false);
  const together = `${CONVERTER_AND_SCALER} n-threads=1 method=${scaleMethod(from, to)}`;
  const text = chain(`${GRAB_APPSRC} ! ${together}`, `${raw},${sizeCaps(to)}`, encoder, outputChain(codec));
  return { source: 'grab', text, framesPerSecond: Math.min(MAX_FPS, framesPerSecond), lifts: false };
}

/** A picture with the pointer drawn, recorded by GStreamer itself. */
export function pointed(display: string, fps: number | undefined, parts: readonly string[], codec: VideoCodecName): string {
  return chain(pointerSource(display, fps), ...parts, outputChain(codec));
}

/** A grabbed picture turned into one with the pointer; `undefined` for a text with a source of its own. */
export function withPointer({ text, framesPerSecond }: VideoText, display: string): string | undefined {
  if (!text.startsWith(GRAB_SOURCE)) return undefined;
  const fps = Math.min(DEFAULT_POINTER_FPS, framesPerSecond);
  return chain(pointerSource(display, fps), text.slice(GRAB_SOURCE.length));
}

function pointerSource(display: string, fps: number | undefined): string {
  const hundredths = Math.max(1, Math.floor(Math.min(MAX_FPS, fps ?? 0) * 100));
  const rate = fps === undefined ? 'video/x-raw' : `video/x-raw,framerate=${hundredths}/100`;
  return `ximagesrc display-name=${quoted(display)} show-pointer=true use-damage=false ! ${rate} ! videoconvert ! queue`;
}
