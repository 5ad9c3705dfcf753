/** The codecs that can be configured, with their wire constants. */
export type VideoCodecName = 'vp8' | 'vp9' | 'av1' | 'h264' | 'h265';
export type AudioCodecName = 'opus' | 'g722' | 'pcmu' | 'pcma';
export type CodecName = VideoCodecName | AudioCodecName;

export interface Codec {
  readonly name: CodecName;
  readonly kind: 'video' | 'audio';
  /** The encoding name of `a=rtpmap`. */
  readonly encodingName: string;
  readonly payloadType: number;
  readonly clockRateHz: number;
  readonly channels?: number;
  readonly fmtp?: string;
}

export const CODECS: Readonly<Record<CodecName, Codec>> = {
  vp8: { name: 'vp8', kind: 'video', encodingName: 'VP8', payloadType: 96, clockRateHz: 90_000 },
  vp9: { name: 'vp9', kind: 'video', encodingName: 'VP9', payloadType: 98, clockRateHz: 90_000, fmtp: 'profile-id=0' },
  av1: { name: 'av1', kind: 'video', encodingName: 'AV1', payloadType: 96, clockRateHz: 90_000 },
  h264: {
    name: 'h264',
    kind: 'video',
    encodingName: 'H264',
    payloadType: 102,
    clockRateHz: 90_000,
    fmtp: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  h265: {
    name: 'h265',
    kind: 'video',
    encodingName: 'H265',
    payloadType: 116,
    clockRateHz: 90_000,
    fmtp: 'profile-id=1;level-id=93;tx-mode=SRST',
  },
  opus: {
    name: 'opus',
    kind: 'audio',
    encodingName: 'opus',
    payloadType: 111,
    clockRateHz: 48_000,
    channels: 2,
    fmtp: 'useinbandfec=1;stereo=1',
  },
  g722: { name: 'g722', kind: 'audio', encodingName: 'G722', payloadType: 9, clockRateHz: 8_000 },
  pcmu: { name: 'pcmu', kind: 'audio', encodingName: 'PCMU', payloadType: 0, clockRateHz: 8_000 },
  pcma: { name: 'pcma', kind: 'audio', encodingName: 'PCMA', payloadType: 8, clockRateHz: 8_000 },
};
