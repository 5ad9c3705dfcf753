import type { Setting } from '../job.js';
import { elementsOf, propertiesOf } from '../pipelines/launch-text.js';
import { encodersIn, type KnownEncoder } from './known-encoders.js';

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
 * The settings that give the encoder of a pipeline another bitrate while it runs, in its own property and unit; nothing for an encoder that
 * takes none or is not known. The element is found by what it is, so that written pipelines need no name in them.
 */
export function bitrateSettings(text: string, bitrateBps: number): readonly Setting[] {
  const [encoder] = encodersIn(text);
  if (encoder === undefined) return [];
  const property = propertyOf(encoder);
  if (property === undefined) return [];
  const value = Math.max(1, Math.round(Math.min(bitrateBps, highestBps(text)) / property.unitBps));
  return [{ element: encoder.element, property: property.name, value: String(value) }];
}

/**
 * The bitrate that the encoder of a pipeline aims at, bit/s, as its text says; undefined where it says none or the encoder is not
 * known. `setBps` was set since, and counts where the encoder takes it.
 */
export function nominalBitrate(text: string, setBps: number | undefined): number | undefined {
  const [encoder] = encodersIn(text);
  if (encoder === undefined) return undefined;
  const property = propertyOf(encoder);
  if (setBps !== undefined && property !== undefined) return Math.min(setBps, highestBps(text));
  const part = elementsOf(text).find((each) => encodersIn(each)[0]?.element === encoder.element) ?? '';
  const written = propertiesOf(part);
  const value =
    property === undefined
      ? V4L2_BITRATE.exec(written.get('extra-controls') ?? '')?.[1]
      : A_NUMBER.exec(written.get(property.name) ?? '')?.[1];
  // Where 0 may be written, it means the encoder's own choice.
  return value === undefined || Number(value) === 0 ? undefined : Number(value) * (property?.unitBps ?? 1);
}

/** A value may stand behind its type: `(int)2500`. */
const A_NUMBER = /^(?:\(\w+\))?(\d+)$/;
const V4L2_BITRATE = /\bvideo_bitrate=(?:\(\w+\))?(\d+)/;

function propertyOf({ element, hardware }: KnownEncoder): Property | undefined {
  const ofHardware = hardware === undefined || hardware === 'v4l2' ? undefined : OF_HARDWARE;
  return Object.hasOwn(SOFTWARE, element) ? SOFTWARE[element] : ofHardware;
}

/** The most that the encoder of a text takes: OpenH264 takes nothing above its maximum, and a new maximum makes it begin anew with a keyframe. */
export function highestBps(text: string): number {
  const maximum = /\bopenh264enc\b[^!]*\smax-bitrate="?(\d+)/.exec(text)?.[1];
  return maximum === undefined ? Number.POSITIVE_INFINITY : Number(maximum);
}

/** Whether every other bitrate makes the encoder of a text begin anew with a keyframe (`x265enc`, seen in 1.22). */
export function beginsAnew(text: string): boolean {
  return encodersIn(text)[0]?.element === 'x265enc';
}
