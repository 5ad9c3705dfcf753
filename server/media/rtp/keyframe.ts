import type { CodecName } from '../../protocol/codec.js';

/**
 * Whether the payload in [at, end) begins a picture that needs no other, or carries parameter sets that announce one.
 * Every audio packet stands alone. Pure and tolerant: a payload too short to tell is no keyframe.
 */
export function startsKeyframe(codec: CodecName, bytes: Uint8Array, at: number, end: number): boolean {
  switch (codec) {
    case 'vp8':
      return isVp8Keyframe(bytes, at, end);
    case 'vp9':
      return isVp9Keyframe(bytes, at, end);
    case 'h264':
      return isH264Keyframe(bytes, at, end);
    case 'h265':
      return isH265Keyframe(bytes, at, end);
    case 'av1':
      return isAv1Keyframe(bytes, at, end);
    default:
      return true;
  }
}

/** RFC 7741 section 4.2: the first packet of partition 0 carries the frame header, whose lowest bit is 0 in a keyframe. */
function isVp8Keyframe(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return false;
  const first = bytes[at]!;
  if ((first & 0x10) === 0 || (first & 0x07) !== 0) return false;
  let next = at + 1;
  if ((first & 0x80) !== 0) {
    const extension = bytes[next++] ?? 0;
    if ((extension & 0x80) !== 0) next += ((bytes[next] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extension & 0x40) !== 0) next++;
    if ((extension & 0x30) !== 0) next++;
  }
  return next < end && (bytes[next]! & 0x01) === 0;
}

/** RFC 9628 section 4.2: not predicted from another picture (P=0), beginning of a frame (B=1), lowest spatial layer. */
function isVp9Keyframe(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return false;
  const first = bytes[at]!;
  if ((first & 0x48) !== 0x08) return false;
  if ((first & 0x20) === 0) return true;
  let next = at + 1;
  if ((first & 0x80) !== 0) next += ((bytes[next] ?? 0) & 0x80) !== 0 ? 2 : 1;
  return next < end && ((bytes[next]! >> 1) & 0x07) === 0;
}

const H264_IDR = 5;
const H264_SPS = 7;
const isH264Start = (type: number) => type === H264_IDR || type === H264_SPS;

/** RFC 6184 section 5: single NAL units, STAP-A (24) and the first fragment of FU-A (28). */
function isH264Keyframe(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 1 >= end) return false;
  const type = bytes[at]! & 0x1f;
  if (type === 28) return (bytes[at + 1]! & 0x80) !== 0 && isH264Start(bytes[at + 1]! & 0x1f);
  if (type !== 24) return isH264Start(type);
  for (let next = at + 1; next + 2 < end; next += 2 + ((bytes[next]! << 8) | bytes[next + 1]!)) {
    if (isH264Start(bytes[next + 2]! & 0x1f)) return true;
  }
  return false;
}

/** Random access pictures are NAL unit types 16 to 21, parameter sets 32 to 34 (ITU-T H.265 table 7-1). */
const isH265Start = (type: number) => (type >= 16 && type <= 21) || (type >= 32 && type <= 34);

/** RFC 7798 section 4.4: single NAL units, aggregation packets (48) and the first fragment of fragmentation units (49). */
function isH265Keyframe(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 2 >= end) return false;
  const type = (bytes[at]! >> 1) & 0x3f;
  if (type === 49) return (bytes[at + 2]! & 0x80) !== 0 && isH265Start(bytes[at + 2]! & 0x3f);
  if (type !== 48) return isH265Start(type);
  for (let next = at + 2; next + 2 < end; next += 2 + ((bytes[next]! << 8) | bytes[next + 1]!)) {
    if (isH265Start((bytes[next + 2]! >> 1) & 0x3f)) return true;
  }
  return false;
}

/** AV1 RTP section 4.4: the N bit marks the first packet of a coded video sequence, which begins with a keyframe. */
function isAv1Keyframe(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && (bytes[at]! & 0x08) !== 0;
}
