import { type AudioCodecName, CODECS, type VideoCodecName } from '../../../server/protocol/codec.js';
import type { LocalEnds } from '../../../server/webrtc/negotiation/local-media.js';

interface Wishes {
  readonly audio?: readonly AudioCodecName[];
  readonly video?: readonly VideoCodecName[];
  readonly rtx?: boolean;
  readonly receives?: boolean;
  readonly sends?: boolean;
  readonly dataChannel?: boolean;
}

/** What the server brings to every viewer's connection, SSRC 11 for sound and 22 for the picture, with what a test wants otherwise. */
export function endsOf(wishes: Wishes = {}): LocalEnds {
  const { audio = ['opus'], video = ['vp8'], rtx = false, receives = false, sends = true, dataChannel = true } = wishes;
  return {
    media: [
      { kind: 'audio', codecs: audio.map((name) => CODECS[name]), track: sends ? { ssrc: 11 } : undefined, receives },
      {
        kind: 'video',
        codecs: video.map((name) => CODECS[name]),
        track: sends ? { ssrc: 22, rtxSsrc: rtx ? 23 : undefined } : undefined,
        receives,
      },
    ],
    dataChannel,
  };
}
