import type { Setting } from './job.js';
import { encodersIn } from './known-encoders.js';

interface Property {
  readonly name: string;
  readonly unitBps: 1 | 1_000;
}

const inBits = (name: string): Property => ({ name, unitBps: 1 });
const inKilobits = (name: string): Property => ({ name, unitBps: 1_000 });

const SOFTWARE: Readonly<Record<string, Property>> = {
  vp8enc: inBits('target-bitrate'),
  vp9enc: inBits('target-bitrate'),
  av1enc: inKilobits('target-bitrate'),
  svtav1enc: inKilobits('target-bitrate'),
  rav1enc: inBits('bitrate'),
  x264enc: inKilobits('bitrate'),
  x265enc: inKilobits('bitrate'),
  openh264enc: inBits('bitrate'),
  opusenc: inBits('bitrate'),
};

/** The elements of va, vaapi, qsv, msdk and nvcodec; those of v4l2 have controls instead of a property. */
const OF_HARDWARE = inKilobits('bitrate');

/**
 * What tells the encoder of a pipeline another bitrate while it runs, in its own property and unit; nothing for an encoder that
 * takes none or is not known. The element is found by what it is, so that written pipelines need no name in them.
 */
export function bitrateSettings(text: string, bitrateBps: number): readonly Setting[] {
  const [encoder] = encodersIn(text);
  if (encoder === undefined) return [];
  const { element, hardware } = encoder;
  const ofHardware = hardware === undefined || hardware === 'v4l2' ? undefined : OF_HARDWARE;
  const property = Object.hasOwn(SOFTWARE, element) ? SOFTWARE[element] : ofHardware;
  if (property === undefined) return [];
  const value = Math.max(1, Math.round(Math.min(bitrateBps, highestBps(text)) / property.unitBps));
  return [{ element, property: property.name, value: String(value) }];
}

/** OpenH264 takes nothing above its maximum, and a new maximum makes it begin anew with a keyframe. */
function highestBps(text: string): number {
  const maximum = /\bopenh264enc\b[^!]*\smax-bitrate="?(\d+)/.exec(text)?.[1];
  return maximum === undefined ? Number.POSITIVE_INFINITY : Number(maximum);
}
