import type { Codec } from '../protocol/codec.js';
import { type Direction, offeredExtensions, type SectionDescription } from './local-description.js';
import type { RemoteDescription, RemoteSection } from './remote-description.js';

export interface LocalSections {
  readonly audioSsrc: number;
  readonly videoSsrc: number;
}

interface Codecs {
  readonly audio: Codec;
  readonly video: Codec;
}

/** The sections of every offer of ours: audio, video, data, in the order that clients expect. */
export function offerSections(codecs: Codecs, local: LocalSections): SectionDescription[] {
  const media = (kind: 'audio' | 'video', mid: string): SectionDescription => ({
    kind,
    mid,
    codec: codecs[kind],
    payloadType: codecs[kind].payloadType,
    fmtp: codecs[kind].fmtp,
    ssrc: kind === 'audio' ? local.audioSsrc : local.videoSsrc,
    direction: 'sendrecv',
    extensions: offeredExtensions(kind),
  });
  return [media('audio', '0'), media('video', '1'), { kind: 'application', mid: '2' }];
}

/** Answers a viewer's offer section by section; what we cannot serve is rejected (RFC 8829 section 5.3.1). */
export function answerSections(remote: RemoteDescription, codecs: Codecs, local: LocalSections): SectionDescription[] {
  const used = new Set<string>();
  return remote.sections.map((section) => {
    const { media, mid, protocol, payloads } = section;
    const rejected: SectionDescription = { kind: 'rejected', mid, media, protocol, payloads };
    if (section.rejected || used.has(media)) return rejected;
    if (media === 'application') {
      used.add(media);
      return { kind: 'application', mid };
    }
    if (media !== 'audio' && media !== 'video') return rejected;
    const codec = codecs[media];
    const offered = section.codecs.find(({ encodingName }) => encodingName.toLowerCase() === codec.encodingName.toLowerCase());
    if (offered === undefined) return rejected;
    used.add(media);
    return {
      kind: media,
      mid,
      codec,
      payloadType: offered.payloadType,
      fmtp: offered.fmtp,
      ssrc: media === 'audio' ? local.audioSsrc : local.videoSsrc,
      direction: answeredDirection(section.direction),
      extensions: commonExtensions(media, section),
    };
  });
}

/** We send only; what a viewer offers to send is not taken. */
function answeredDirection(offered: Direction): Direction {
  return offered === 'recvonly' || offered === 'sendrecv' ? 'sendonly' : 'inactive';
}

function commonExtensions(kind: 'audio' | 'video', section: RemoteSection): { id: number; uri: string }[] {
  const ours = offeredExtensions(kind).map(({ uri }) => uri as string);
  return section.extensions.filter(({ uri }) => ours.includes(uri));
}
