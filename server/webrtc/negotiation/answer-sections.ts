import { SDP_LIMITS } from '../limits.js';
import { directionOf, receives, sends } from './direction.js';
import { commonExtensions, ownExtensions, RECEIVED_EXTENSIONS } from './extensions.js';
import type { LocalEnds, LocalMedia, MediaKind } from './local-media.js';
import { commonCodecs } from './match-codecs.js';
import type { RemoteDescription, RemoteSection } from './read-description.js';
import { type AgreedSection, isMedia, type LocalMediaSection, type LocalSection, type RejectedSection } from './sections.js';

/** Answers a viewer's offer section by section; what we cannot serve is rejected (RFC 8829 section 5.3.1). */
export function answerSections(ends: LocalEnds, agreed: readonly AgreedSection[], offer: RemoteDescription): LocalSection[] {
  const own = new Map(ends.media.map((media) => [media.kind, ownSection(media, agreed, offer)]));
  const channel = ends.dataChannel ? channelSection(agreed, offer) : undefined;
  let received = 0;
  return offer.sections.map((section): LocalSection => {
    if (section === channel) return { kind: 'application', mid: section.mid };
    const media = ends.media.find(({ kind }) => kind === section.media);
    if (media === undefined || !isUsable(section, offer)) return rejectionOf(section);
    const isOwn = own.get(media.kind) === section;
    const takes = media.receives && sends(section.direction) && received < SDP_LIMITS.received.value;
    const answer = isOwn || takes ? answerOf(section, media, isOwn, takes) : undefined;
    if (answer !== undefined && takes) received += 1;
    return answer ?? rejectionOf(section);
  });
}

function answerOf(section: RemoteSection, media: LocalMedia, isOwn: boolean, takes: boolean): LocalMediaSection | undefined {
  const common = commonCodecs(media.codecs, section.codecs);
  if (common.length === 0) return undefined;
  const track = isOwn ? media.track : undefined;
  return {
    kind: media.kind,
    mid: section.mid,
    codecs: common.map(({ codec, remote: { payloadType, fmtp }, rtxPayloadType }) => ({
      codec,
      payloadType,
      rtxPayloadType: track?.rtxSsrc === undefined ? undefined : rtxPayloadType,
      fmtp,
    })),
    track,
    direction: directionOf(track !== undefined && receives(section.direction), takes),
    extensions: commonExtensions(section.extensions, isOwn ? ownExtensions(media) : RECEIVED_EXTENSIONS),
  };
}

/** The section that our track goes in: the one that it is in already, else the first that takes it, else the first that could. */
function ownSection(media: LocalMedia, agreed: readonly AgreedSection[], offer: RemoteDescription): RemoteSection | undefined {
  if (media.track === undefined) return undefined;
  const candidates = offer.sections.filter(
    (section) =>
      section.media === media.kind && isUsable(section, offer) && commonCodecs(media.codecs, section.codecs).length > 0,
  );
  const mid = ownMid(media.kind, agreed);
  const present = candidates.find((section) => section.mid === mid) ?? candidates.find(({ direction }) => receives(direction));
  return present ?? (media.receives ? undefined : candidates[0]);
}

function ownMid(kind: MediaKind, agreed: readonly AgreedSection[]): string | undefined {
  return agreed.filter(isMedia).find((section) => section.kind === kind && section.isOwn)?.mid;
}

function channelSection(agreed: readonly AgreedSection[], offer: RemoteDescription): RemoteSection | undefined {
  const mid = agreed.find(({ kind }) => kind === 'application')?.mid;
  const candidates = offer.sections.filter((section) => section.media === 'application' && isUsable(section, offer));
  return candidates.find((section) => section.mid === mid) ?? candidates[0];
}

/** What stands outside a bundle wants a transport of its own, and there is one. */
function isUsable({ rejected, mid }: RemoteSection, { bundled }: RemoteDescription): boolean {
  return !rejected && (bundled?.has(mid) ?? true);
}

function rejectionOf({ mid, media, protocol, payloads }: RemoteSection): RejectedSection {
  return { kind: 'rejected', mid, media, protocol, payloads };
}
