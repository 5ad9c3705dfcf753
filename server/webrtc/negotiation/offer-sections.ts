import { directionOf } from './direction.js';
import { ownExtensions, RECEIVED_EXTENSIONS } from './extensions.js';
import type { LocalEnds, LocalMedia } from './local-media.js';
import { Numbering } from './numbering.js';
import { type AgreedMedia, type AgreedSection, isMedia, type LocalSection } from './sections.js';

/**
 * The sections of an offer of ours: those that are there keep their places, and what we bring gets new ones behind them
 * unless a section for it was refused (RFC 8829 section 5.2.2). The first offer of all has audio, video and data in this order.
 */
export function offerSections(ends: LocalEnds, agreed: readonly AgreedSection[]): LocalSection[] {
  const numbering = new Numbering(agreed);
  const missing = new Map<string, LocalMedia | 'channel'>(ends.media.map((media) => [media.kind, media]));
  if (ends.dataChannel) missing.set('application', 'channel');
  for (const section of agreed) if (isPresent(section, ends)) missing.delete(section.kind);
  const sections = agreed.map((section): LocalSection => {
    if (isMedia(section)) return mediaAgain(section, ends, numbering);
    if (section.kind === 'application') return { kind: 'application', mid: section.mid };
    const back = missing.get(section.media);
    missing.delete(section.media);
    return back === undefined ? section : fresh(back, section.mid, numbering);
  });
  for (const each of missing.values()) sections.push(fresh(each, unusedMid(sections), numbering));
  return sections;
}

/** Whether a section is what one of our ends is for. */
function isPresent(section: AgreedSection, { media }: LocalEnds): boolean {
  if (!isMedia(section)) return section.kind === 'application';
  return section.isOwn || media.find(({ kind }) => kind === section.kind)?.track === undefined;
}

function fresh(what: LocalMedia | 'channel', mid: string, numbering: Numbering): LocalSection {
  if (what === 'channel') return { kind: 'application', mid };
  const { kind, track } = what;
  return {
    kind,
    mid,
    codecs: numbering.codecs(what.codecs, track?.rtxSsrc !== undefined),
    track,
    // Clients are used to be offered both ways, whether or not anything is done with what they send.
    direction: directionOf(track !== undefined, true),
    extensions: numbering.extensions(track === undefined ? RECEIVED_EXTENSIONS : ownExtensions(what)),
  };
}

function mediaAgain(section: AgreedMedia, ends: LocalEnds, numbering: Numbering): LocalSection {
  const media = ends.media.find(({ kind }) => kind === section.kind);
  if (section.isOwn && media !== undefined) return fresh(media, section.mid, numbering);
  return {
    kind: section.kind,
    mid: section.mid,
    codecs: numbering.codecs(
      section.codecs.map(({ codec }) => codec),
      false,
    ),
    track: undefined,
    direction: directionOf(false, media?.receives ?? false),
    extensions: numbering.extensions(section.extensions),
  };
}

function unusedMid(sections: readonly LocalSection[]): string {
  const taken = new Set(sections.map(({ mid }) => mid));
  let number = sections.length;
  while (taken.has(String(number))) number += 1;
  return String(number);
}
