import { assertNever } from '../../lib/assert-never.js';
import type { VideoCodecName } from '../../protocol/codec.js';

/** Whether this machine has a GStreamer element. */
export type HasElement = (name: string) => boolean;

export const CONVERTER_AND_SCALER = 'videoconvertscale';

/** Elements whose existence decides which of several is taken. */
export const CHOSEN_ELEMENTS: readonly string[] = [
  'x264enc',
  'openh264enc',
  'nvautogpuh264enc',
  'nvh264enc',
  CONVERTER_AND_SCALER,
];

/** Keyframes are made on request only, since every joining viewer asks for one. */
const NEVER = 1_000_000;
const REFERENCE_PIXELS = 1280 * 720;
const REFERENCE_BITRATE_BPS = 3_000_000;
const LOWEST_BITRATE_BPS = 500_000;
const HIGHEST_BITRATE_BPS = 12_000_000;
const HEADROOM = 1.3;

/** 3 Mbit/s at 1280x720, in proportion to the pixels for other sizes. */
export function defaultBitrateBps(width: number, height: number): number {
  const bitrate = (REFERENCE_BITRATE_BPS * width * height) / REFERENCE_PIXELS;
  return Math.round(Math.min(HIGHEST_BITRATE_BPS, Math.max(LOWEST_BITRATE_BPS, bitrate)));
}

export interface EncoderAims {
  /** The most that it may be made to aim at while it runs. */
  readonly ceilingBps?: number;
  /** Not the first rung: it may save time at the cost of a little sharpness. */
  readonly isLower?: boolean;
}

/**
 * The encoder of the default stream, tuned for low latency on few cores: real-time mode, one thread, constant bitrate with
 * buffers so small that an encoder that idled cannot spend what it saved in one frame.
 */
export function defaultEncoder(
  codec: VideoCodecName,
  bitrateBps: number,
  has: HasElement,
  { ceilingBps = bitrateBps * HEADROOM, isLower = false }: EncoderAims = {},
): string {
  const kbps = Math.round(bitrateBps / 1000);
  switch (codec) {
    case 'vp8':
      // A negative cpu-used is a fixed speed; a positive one would adapt to the clock. A second thread only spins.
      return `vp8enc name=encoder deadline=1 cpu-used=${isLower ? -12 : -8} threads=1 ${libvpxRateControl(bitrateBps, isLower)}`;
    case 'vp9':
      return `vp9enc name=encoder deadline=1 cpu-used=8 threads=1 row-mt=false ${libvpxRateControl(bitrateBps, isLower)}`;
    case 'av1':
      // libaom aborts the process with max-quantizer=0, which is the default, in constant bitrate.
      return (
        `av1enc name=encoder usage-profile=realtime cpu-used=10 threads=2 end-usage=cbr target-bitrate=${kbps} lag-in-frames=0 ` +
        `min-quantizer=8 max-quantizer=56 buf-sz=600 buf-initial-sz=300 buf-optimal-sz=400 keyframe-max-dist=${NEVER} keyframe-mode=auto`
      );
    case 'h264':
      return has('x264enc') || !has('openh264enc') ? x264(kbps) : openh264(bitrateBps, ceilingBps);
    case 'h265':
      return (
        `x265enc name=encoder bitrate=${kbps} speed-preset=ultrafast tune=zerolatency key-int-max=${NEVER} ` +
        `option-string="scenecut=0:vbv-maxrate=${kbps}:vbv-bufsize=${Math.round(kbps / 2)}:repeat-headers=1" ! ` +
        'video/x-h265,stream-format=byte-stream,alignment=au,profile=main'
      );
    default:
      return assertNever(codec);
  }
}

/**
 * An intra frame of screen text needs several times a frame's share. The limit is a target, since nothing is encoded twice at
 * this speed: a quarter of a 720p screen full of noise gave 110 kB.
 */
function libvpxRateControl(bitrateBps: number, isLower: boolean): string {
  return (
    `end-usage=cbr target-bitrate=${bitrateBps} undershoot=95 overshoot=15 buffer-size=600 buffer-initial-size=300 ` +
    `buffer-optimal-size=400 max-intra-bitrate=400 lag-in-frames=0 timebase=1/90000 keyframe-max-dist=${NEVER} keyframe-mode=disabled ` +
    // The quantizer must let a lower rung keep to a quarter of its bitrate, too.
    `min-quantizer=4 max-quantizer=${isLower ? 60 : 52}`
  );
}

function x264(kbps: number): string {
  return (
    `x264enc name=encoder bitrate=${kbps} speed-preset=superfast tune=zerolatency sliced-threads=false threads=1 byte-stream=true aud=false ` +
    `key-int-max=${NEVER} vbv-buf-capacity=400 qp-min=10 option-string="scenecut=0" ! ${CONSTRAINED_BASELINE}`
  );
}

function openh264(bitrateBps: number, ceilingBps: number): string {
  return (
    `openh264enc name=encoder usage-type=screen complexity=low rate-control=bitrate bitrate=${bitrateBps} ` +
    `max-bitrate=${Math.round(ceilingBps)} gop-size=0 multi-thread=1 qp-min=10 scene-change-detection=false ! ${CONSTRAINED_BASELINE}`
  );
}

/** What every browser decodes, and what the offered profile-level-id 42e01f says. */
export const CONSTRAINED_BASELINE = 'video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline';
