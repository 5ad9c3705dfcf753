import type { HardwareEncoder } from '../../config/config.js';
import { assertNever } from '../../lib/assert-never.js';
import type { AudioCodecName, VideoCodecName } from '../../protocol/codec.js';
import type { HasElement } from '../encoders/default-encoders.js';

/** What the v2 video keys asked for (config/SPEC.md CF13). */
export interface V2Video {
  readonly bitrateKbps: number;
  readonly fps: number;
  readonly hardwareEncoder: HardwareEncoder;
}

const NV12 = 'video/x-raw,format=NV12';
const H264 = 'video/x-h264,stream-format=byte-stream,profile=constrained-baseline';
const H264_STREAM = 'video/x-h264,stream-format=byte-stream';
const H265 = 'video/x-h265,stream-format=byte-stream,profile=main';

/** The least upper bound of the encoders' own (x265enc); beyond it they would fall back to their defaults. */
const MAX_KBPS = 100_000;
/** The upper bound of x264enc, which counts in milliseconds. */
const MAX_VBV_MS = 10_000;
/** What Opus can do (RFC 6716 section 2.1.1). */
const OPUS_BPS = { min: 6_000, max: 510_000 };

/** The encoder part of the pipeline that v2 generated for these keys, without source and sink. */
export function v2VideoEncoder(codec: VideoCodecName, { bitrateKbps, hardwareEncoder }: V2Video, has: HasElement): string {
  const b = Math.min(MAX_KBPS, bitrateKbps);
  const vbv = Math.max(1000, b);
  switch (codec) {
    case 'vp8':
      if (hardwareEncoder === 'vaapi') return `${NV12} ! vaapivp8enc bitrate=${b} keyframe-period=180 rate-control=vbr`;
      if (hardwareEncoder === 'v4l2') return `${NV12} ! v4l2vp8enc ${v4l2Controls(b)}`;
      return (
        `vp8enc buffer-initial-size=${b * 2} buffer-optimal-size=${b * 3} buffer-size=${b * 4} cpu-used=4 deadline=1 end-usage=cbr ` +
        `keyframe-max-dist=25 max-quantizer=20 min-quantizer=4 target-bitrate=${b * 650} threads=4 undershoot=95`
      );
    case 'vp9':
      return `vp9enc auto-alt-ref=true cpu-used=-5 deadline=1 keyframe-max-dist=30 target-bitrate=${b * 1000} threads=4`;
    case 'av1':
      return `av1enc cpu-used=4 end-usage=cbr keyframe-max-dist=25 max-quantizer=20 min-quantizer=4 target-bitrate=${b} undershoot-pct=95`;
    case 'h264':
      return h264(b, vbv, hardwareEncoder, has);
    case 'h265':
      return h265(b, vbv, hardwareEncoder);
    default:
      return assertNever(codec);
  }
}

function h264(b: number, vbv: number, hardwareEncoder: V2Video['hardwareEncoder'], has: HasElement): string {
  switch (hardwareEncoder) {
    case 'vaapi':
      return `${NV12} ! vah264enc bitrate=${b} key-int-max=60 rate-control=cbr target-usage=7 ! h264parse config-interval=-1 ! ${H264}`;
    case 'nvenc': {
      const element = has('nvautogpuh264enc') ? 'nvautogpuh264enc' : 'nvh264enc';
      return (
        `${NV12} ! ${element} bitrate=${b} gop-size=60 name=encoder preset=2 rc-mode=6 spatial-aq=true temporal-aq=true ` +
        `vbv-buffer-size=${vbv} ! h264parse config-interval=-1 ! ${H264}`
      );
    }
    case 'v4l2':
      return `${NV12} ! v4l2h264enc ${v4l2Controls(b, 'h264_profile=1,')} ! h264parse config-interval=-1 ! ${H264_STREAM}`;
    case 'none':
      if (has('openh264enc')) {
        return `openh264enc bitrate=${b * 1000} complexity=high multi-thread=4 max-bitrate=${(b + 1024) * 1000} ! ${H264}`;
      }
      return (
        `${NV12} ! x264enc bitrate=${b} byte-stream=true key-int-max=60 speed-preset=veryfast threads=4 tune=zerolatency ` +
        `vbv-buf-capacity=${Math.min(MAX_VBV_MS, vbv)} ! ${H264}`
      );
    default:
      return assertNever(hardwareEncoder);
  }
}

function h265(b: number, vbv: number, hardwareEncoder: V2Video['hardwareEncoder']): string {
  switch (hardwareEncoder) {
    case 'vaapi':
      return `${NV12} ! vah265enc bitrate=${b} key-int-max=60 rate-control=cbr target-usage=7 ! h265parse config-interval=-1 ! ${H265}`;
    case 'nvenc':
      return (
        `${NV12} ! nvh265enc bitrate=${b} gop-size=60 name=encoder preset=p2 rc-mode=cbr tune=low-latency ` +
        `vbv-buffer-size=${vbv} ! h265parse config-interval=-1 ! ${H265}`
      );
    case 'v4l2':
      return `${NV12} ! v4l2h265enc ${v4l2Controls(b)} ! h265parse config-interval=-1 ! ${H265}`;
    case 'none':
      return (
        `x265enc bitrate=${b} key-int-max=60 option-string="vbv-maxrate=${b}:vbv-bufsize=${vbv}" speed-preset=veryfast ` +
        `tune=zerolatency ! ${H265}`
      );
    default:
      return assertNever(hardwareEncoder);
  }
}

/** Controls of the driver in place of properties. Profile 1 of H.264 is constrained baseline. */
function v4l2Controls(kbps: number, more = ''): string {
  return `extra-controls="controls,${more}video_bitrate=${kbps * 1000}"`;
}

/** The encoder part of the sound pipeline for a codec; `askedBps` is for Opus. G.711 and G.722 are mono on the wire. */
export function audioEncoder(codec: AudioCodecName, askedBps: number): string {
  const bitrateBps = Math.min(OPUS_BPS.max, Math.max(OPUS_BPS.min, askedBps));
  switch (codec) {
    case 'opus':
      // Loss is announced so that Opus really spends bits on in-band correction; silence is said once in 400 ms (dtx).
      return (
        'audio/x-raw,rate=48000,channels=2 ! opusenc name=encoder frame-size=20 inband-fec=true packet-loss-percentage=5 dtx=true ' +
        `bitrate-type=constrained-vbr bitrate=${bitrateBps}`
      );
    case 'g722':
      return 'audio/x-raw,rate=16000,channels=1 ! avenc_g722 name=encoder';
    case 'pcmu':
      return 'audio/x-raw,rate=8000,channels=1 ! mulawenc name=encoder';
    case 'pcma':
      return 'audio/x-raw,rate=8000,channels=1 ! alawenc name=encoder';
    default:
      return assertNever(codec);
  }
}
