import type { VideoCodecName } from '../../protocol/codec.js';
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
export const GRAB_SOURCE =
  'appsrc name=source is-live=true format=time leaky-type=downstream max-buffers=1 max-bytes=0 max-time=0 ! videoconvert n-threads=1';

/** More than any screen has; GStreamer counts in hundredths within 31 bits. */
const MAX_FPS = 1_000;
const DEFAULT_POINTER_FPS = 25;
/** Multi-tap bilinear. */
const SCALE_METHOD = 4;

/** What browsers take an unmarked picture for: AV1 for BT.709, everything else for BT.601. */
export function colors(codec: VideoCodecName, format = ''): string {
  return `video/x-raw${format},colorimetry=${codec === 'av1' ? 'bt709' : 'bt601'}`;
}

/** Scales the picture, for a small part of what its encoding takes; text stays readable as far as the size allows. */
export function scaled({ width, height }: { readonly width: number; readonly height: number }): string {
  return `videoscale method=${SCALE_METHOD} ! capsfilter name=resolution caps=video/x-raw,width=${width},height=${height}`;
}

/** A picture grabbed by us: the parts from its caps to its encoder, between our source and our sink. */
export function grabbed(parts: readonly string[], codec: VideoCodecName, framesPerSecond: number, lifts: boolean): VideoText {
  const fps = Math.min(MAX_FPS, framesPerSecond);
  return { source: 'grab', text: chain(GRAB_SOURCE, ...parts, outputChain(codec)), framesPerSecond: fps, lifts };
}

/** The same with the pointer drawn, recorded by GStreamer itself. */
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
