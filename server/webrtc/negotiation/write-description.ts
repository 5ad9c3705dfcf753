import { sends } from './direction.js';
import type { LocalTrack, MediaKind } from './local-media.js';
import type { LocalCodec, LocalMediaSection, LocalSection } from './sections.js';

/** What every section repeats of the one bundled transport. */
export interface TransportDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly lite: boolean;
  readonly trickle: boolean;
  /** sha-256, upper-case hex pairs with colons. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'passive';
  /** `candidate:…` texts known so far; written to the first section that is not rejected. */
  readonly candidates: readonly string[];
  /** The list is final: each candidate is written for both components, as clients of the original know it. */
  readonly candidatesComplete: boolean;
}

const SCTP_PORT = 5000;
/** Clients attach the stream of the video track to one element, so both tracks carry the same stream id. */
const STREAM_ID = 'stream';
/** Largest data channel message that werift reassembles. */
const MAX_MESSAGE_BYTES = 65_536;
/** What the sender of a track takes notice of, per kind. */
const FEEDBACK: Readonly<Record<MediaKind, readonly string[]>> = {
  audio: ['transport-cc'],
  video: ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'],
};

/** Writes a session description (RFC 8866, RFC 8829) of the shape that clients rely on. */
export function writeDescription(
  session: { readonly id: string; readonly version: number },
  transport: TransportDescription,
  sections: readonly LocalSection[],
): string {
  const bundled = sections.filter((section) => section.kind !== 'rejected').map((section) => section.mid);
  const lines = [
    'v=0',
    `o=- ${session.id} ${session.version} IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    'a=msid-semantic:WMS *',
    `a=fingerprint:sha-256 ${transport.fingerprint}`,
    ...(transport.lite ? ['a=ice-lite'] : []),
    'a=extmap-allow-mixed',
    `a=group:BUNDLE ${bundled.join(' ')}`,
  ];
  const first = sections.find(({ kind }) => kind !== 'rejected');
  for (const section of sections) lines.push(...writeSection(section, transport, section === first));
  return `${lines.join('\r\n')}\r\n`;
}

function writeSection(section: LocalSection, transport: TransportDescription, first: boolean): string[] {
  switch (section.kind) {
    case 'rejected':
      return [
        `m=${section.media} 0 ${section.protocol} ${section.payloads}`,
        'c=IN IP4 0.0.0.0',
        `a=mid:${section.mid}`,
        'a=inactive',
      ];
    case 'application':
      return [
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        ...transportLines(section.mid, transport, first),
        'a=sendrecv',
        `a=sctp-port:${SCTP_PORT}`,
        `a=max-message-size:${MAX_MESSAGE_BYTES}`,
      ];
    default:
      return mediaLines(section, transport, first);
  }
}

function mediaLines(section: LocalMediaSection, transport: TransportDescription, first: boolean): string[] {
  const { kind, mid, codecs, track, direction, extensions } = section;
  const numbers = codecs.flatMap(({ payloadType, rtxPayloadType }) => [payloadType, ...listed(rtxPayloadType)]);
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${numbers.join(' ')}`,
    ...transportLines(mid, transport, first),
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...codecs.flatMap((each) => codecLines(each, track === undefined ? [] : FEEDBACK[kind])),
    ...extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    ...(track !== undefined && sends(direction) ? trackLines(kind, track) : []),
    `a=${direction}`,
  ];
}

function codecLines({ codec, payloadType, rtxPayloadType, fmtp }: LocalCodec, feedbacks: readonly string[]): string[] {
  const { encodingName, clockRateHz, channels } = codec;
  return [
    `a=rtpmap:${payloadType} ${encodingName}/${clockRateHz}${channels === undefined ? '' : `/${channels}`}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    ...feedbacks.map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
    ...listed(rtxPayloadType).flatMap((rtx) => [`a=rtpmap:${rtx} rtx/${clockRateHz}`, `a=fmtp:${rtx} apt=${payloadType}`]),
  ];
}

function trackLines(kind: MediaKind, { ssrc, rtxSsrc }: LocalTrack): string[] {
  const linesOf = (each: number) => [`a=ssrc:${each} cname:${STREAM_ID}`, `a=ssrc:${each} msid:${STREAM_ID} ${kind}`];
  return [
    ...listed(rtxSsrc).map((rtx) => `a=ssrc-group:FID ${ssrc} ${rtx}`),
    ...linesOf(ssrc),
    ...listed(rtxSsrc).flatMap(linesOf),
    `a=msid:${STREAM_ID} ${kind}`,
  ];
}

function listed(number: number | undefined): number[] {
  return number === undefined ? [] : [number];
}

function transportLines(mid: string, transport: TransportDescription, first: boolean): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=setup:${transport.setup}`,
    `a=mid:${mid}`,
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.pwd}`,
    ...(transport.trickle ? ['a=ice-options:trickle'] : []),
    ...(first ? candidateLines(transport) : []),
  ];
}

function candidateLines({ candidates, candidatesComplete }: TransportDescription): string[] {
  if (!candidatesComplete) return candidates.map((candidate) => `a=${candidate}`);
  const both = candidates.flatMap((candidate) => [`a=${candidate}`, `a=${candidate.replace(/^(candidate:\S+) 1 /, '$1 2 ')}`]);
  return [...both, 'a=end-of-candidates'];
}
