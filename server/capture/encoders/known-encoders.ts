import type { CodecName } from '../../protocol/codec.js';

export type HardwareFamily = 'va' | 'nvidia' | 'v4l2';

/** What an encoder element of GStreamer makes, and the hardware it makes it with. */
export interface KnownEncoder {
  readonly element: string;
  readonly codec: CodecName;
  readonly hardware: HardwareFamily | undefined;
}

const SOFTWARE: Readonly<Record<string, CodecName>> = {
  vp8enc: 'vp8',
  vp9enc: 'vp9',
  av1enc: 'av1',
  svtav1enc: 'av1',
  rav1enc: 'av1',
  x264enc: 'h264',
  openh264enc: 'h264',
  x265enc: 'h265',
  opusenc: 'opus',
  avenc_opus: 'opus',
  avenc_g722: 'g722',
  mulawenc: 'pcmu',
  alawenc: 'pcma',
};

const HARDWARE = /^(va|vaapi|qsv|msdk|nv|nvautogpu|nvcuda|nvv4l2|v4l2)(vp8|vp9|av1|h264|h265)(?:lp)?enc$/;
const FAMILIES: Readonly<Record<string, HardwareFamily>> = {
  va: 'va',
  vaapi: 'va',
  qsv: 'va',
  msdk: 'va',
  nv: 'nvidia',
  nvautogpu: 'nvidia',
  nvcuda: 'nvidia',
  nvv4l2: 'v4l2',
  v4l2: 'v4l2',
};
const VIDEO_CODECS = ['vp8', 'vp9', 'av1', 'h264', 'h265'] as const;

/** The encoders in a launch text that are known, in their order. Names of elements and values of properties are none. */
export function encodersIn(text: string): readonly KnownEncoder[] {
  const elements = text.matchAll(/(?:^|!|\.|\()\s*([a-z]\w*)/g);
  return [...elements].flatMap(([, element = '']): KnownEncoder[] => {
    const codec = Object.hasOwn(SOFTWARE, element) ? SOFTWARE[element] : undefined;
    if (codec !== undefined) return [{ element, codec, hardware: undefined }];
    const [, family = '', made] = HARDWARE.exec(element) ?? [];
    const hardwareCodec = VIDEO_CODECS.find((each) => each === made);
    return hardwareCodec === undefined ? [] : [{ element, codec: hardwareCodec, hardware: FAMILIES[family] }];
  });
}

/** Why a written pipeline cannot give the configured codec; undefined if one of its encoders does, or none of them is known. */
export function codecProblem(text: string, key: string, kind: 'video' | 'audio', codec: CodecName): string | undefined {
  const [first, ...more] = encodersIn(text);
  if (first === undefined || [first, ...more].some((encoder) => encoder.codec === codec)) return undefined;
  return (
    `${key}: its encoder ${first.element} makes ${first.codec}, but capture.${kind}.codec is ${codec}; ` +
    `set NEKO_CAPTURE_${kind.toUpperCase()}_CODEC=${first.codec} or use another encoder`
  );
}
