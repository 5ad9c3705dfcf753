import { directionOf, receives, sends } from './direction.js';
import { commonExtensions } from './extensions.js';
import { remoteOf, rtxOf } from './match-codecs.js';
import type { RemoteDescription, RemoteSection } from './read-description.js';
import {
  type AgreedCodec,
  type AgreedSection,
  isMedia,
  type LocalMediaSection,
  type LocalSection,
  type RejectedSection,
} from './sections.js';

/** What comes of an offer of ours and its answer. */
export function agreeOnAnswer(offered: readonly LocalSection[], answer: RemoteDescription): AgreedSection[] {
  const answers = pairUp(offered, answer.sections);
  return offered.map((section): AgreedSection => {
    const remote = answers.get(section);
    if (section.kind === 'rejected') return section;
    if (remote === undefined || remote.rejected) return refused(section);
    if (!isMedia(section)) return { kind: 'application', mid: section.mid, sctpPort: answer.sctpPort };
    const codecs = codecsOf(section, remote);
    if (codecs.length === 0) return refused(section);
    return mediaOf(section, remote, codecs);
  });
}

/** What comes of a viewer's offer and our answer, which has a section for every section of the offer. */
export function agreeOnOffer(offer: RemoteDescription, answered: readonly LocalSection[]): AgreedSection[] {
  return answered.map((section, index): AgreedSection => {
    if (section.kind === 'rejected') return section;
    if (!isMedia(section)) return { kind: 'application', mid: section.mid, sctpPort: offer.sctpPort };
    const codecs = section.codecs.map(({ codec, payloadType, rtxPayloadType }) => ({
      codec,
      payloadType,
      rtxPayloadType,
      receivedType: payloadType,
    }));
    const remote = offer.sections[index];
    if (remote === undefined) throw new Error('an answer has no more sections than its offer');
    return mediaOf(section, remote, codecs);
  });
}

function mediaOf(section: LocalMediaSection, remote: RemoteSection, codecs: readonly AgreedCodec[]): AgreedSection {
  const { kind, mid, direction, track, extensions } = section;
  return {
    kind,
    mid,
    direction: directionOf(sends(direction) && receives(remote.direction), receives(direction) && sends(remote.direction)),
    isOwn: track !== undefined,
    codecs,
    extensions: commonExtensions(remote.extensions, extensions),
    remoteSsrcs: sends(remote.direction) ? remote.ssrcs : [],
  };
}

/** In the order of the answer, which is the viewer's preference among what we offered (RFC 3264 section 6.1). */
function codecsOf(section: LocalMediaSection, remote: RemoteSection): AgreedCodec[] {
  const agreed = section.codecs.flatMap(({ codec, payloadType, rtxPayloadType }) => {
    const theirs = remote.codecs.find((each) => each.payloadType === payloadType && remoteOf(codec, [each]) !== undefined);
    const taken = theirs ?? remoteOf(codec, remote.codecs);
    if (taken === undefined) return [];
    return [
      {
        codec,
        payloadType: taken.payloadType,
        rtxPayloadType: rtxPayloadType === undefined ? undefined : rtxOf(taken.payloadType, remote.codecs),
        receivedType: payloadType,
      },
    ];
  });
  const place = ({ payloadType }: AgreedCodec) => remote.codecs.findIndex((each) => each.payloadType === payloadType);
  return agreed.toSorted((a, b) => place(a) - place(b));
}

/**
 * Which section of an answer answers which of the offer: the one of its mid and kind, else the first of its kind that is left.
 * Answers with fewer sections than the offer are taken, as they always were: what has no answer counts as refused.
 */
function pairUp(offered: readonly LocalSection[], answers: readonly RemoteSection[]): Map<LocalSection, RemoteSection> {
  const pairs = new Map<LocalSection, RemoteSection>();
  const left = new Set(answers);
  const pair = (isAnswer: (section: LocalSection, answer: RemoteSection) => boolean) => {
    for (const section of offered) {
      const answer = pairs.has(section) ? undefined : [...left].find((each) => isAnswer(section, each));
      if (answer === undefined) continue;
      pairs.set(section, answer);
      left.delete(answer);
    }
  };
  pair((section, { mid, media }) => section.mid === mid && section.kind === media);
  pair((section, { media }) => section.kind === media);
  return pairs;
}

function refused(section: Exclude<LocalSection, RejectedSection>): RejectedSection {
  const { kind: media, mid } = section;
  if (!isMedia(section)) return { kind: 'rejected', mid, media, protocol: 'UDP/DTLS/SCTP', payloads: 'webrtc-datachannel' };
  const payloads = section.codecs.map(({ payloadType }) => payloadType).join(' ');
  return { kind: 'rejected', mid, media, protocol: 'UDP/TLS/RTP/SAVPF', payloads };
}
