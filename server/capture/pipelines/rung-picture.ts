import type { VideoCodecName } from '../../protocol/codec.js';
import { CEILING_SHARE } from '../encoders/bitrate-range.js';
import { defaultEncoder, type HasElement } from '../encoders/default-encoders.js';
import type { LadderRung } from './default-ladder.js';
import { colors, grabbed, scaled, type VideoText } from './video-text.js';

/** What else a picture without configuration depends on. */
export interface DefaultEncoding {
  readonly codec: VideoCodecName;
  readonly has: HasElement;
}

/** The picture of one rung of the default ladder. */
export function rungPicture({ codec, has }: DefaultEncoding, rung: LadderRung): VideoText {
  const { bitrateBps, framesPerSecond, lifts, scaledTo } = rung;
  const encoder = defaultEncoder(codec, bitrateBps, has, bitrateBps * CEILING_SHARE);
  const scaling = scaledTo === undefined ? [] : [scaled(scaledTo)];
  return grabbed([colors(codec, ',format=I420'), ...scaling, encoder], codec, framesPerSecond, lifts);
}
