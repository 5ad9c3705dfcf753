import type { VideoCodecName } from '../../protocol/codec.js';
import { CEILING_SHARE } from '../encoders/bitrate-range.js';
import { defaultEncoder, type HasElement } from '../encoders/default-encoders.js';
import type { LadderRung, PictureSize } from './default-ladder.js';
import { colors, grabbed, grabbedScaled, type VideoText } from './video-text.js';

/** What else a picture without configuration depends on. */
export interface DefaultEncoding {
  readonly codec: VideoCodecName;
  readonly screen: PictureSize;
  readonly has: HasElement;
}

/** The picture of one rung of the default ladder. */
export function rungPicture({ codec, screen, has }: DefaultEncoding, rung: LadderRung): VideoText {
  const { isLower, bitrateBps, framesPerSecond, lifts, scaledTo } = rung;
  const encoder = defaultEncoder(codec, bitrateBps, has, { ceilingBps: bitrateBps * CEILING_SHARE, isLower });
  if (scaledTo !== undefined) return grabbedScaled({ from: screen, to: scaledTo, has }, encoder, codec, framesPerSecond);
  return grabbed([colors(codec, ',format=I420'), encoder], codec, framesPerSecond, lifts);
}
