import type { Codec } from '../protocol/codec.js';

/** Header extensions we write, with the ids we offer (RFC 8285). One table for all sections, as BUNDLE demands. */
export const EXTENSIONS = {
  mid: { id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' },
  rid: { id: 2, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' },
  repairedRid: { id: 3, uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id' },
  transportCc: { id: 4, uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01' },
  playoutDelay: { id: 5, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay' },
} as const;

type Extension = (typeof EXTENSIONS)[keyof typeof EXTENSIONS];
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What every section repeats of the one bundled transport. */
export interface TransportDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly lite: boolean;
  readonly trickle: boolean;
  /** sha-256, upper-case hex pairs with colons. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'passive';
  /** `candidate:…` texts known so far; written to the first section. */
  readonly candidates: readonly string[];
  /** The list is final: each candidate is written for both components, as clients of the original know it. */
  readonly candidatesComplete: boolean;
}

export type SectionDescription =
  | {
      readonly kind: 'audio' | 'video';
      readonly mid: string;
      readonly codec: Codec;
      readonly payloadType: number;
      readonly fmtp: string | undefined;
      readonly ssrc: number;
      readonly direction: Direction;
      readonly extensions: readonly { readonly id: number; readonly uri: string }[];
    }
  | { readonly kind: 'application'; readonly mid: string }
  | {
      readonly kind: 'rejected';
      readonly mid: string;
      readonly media: string;
      readonly protocol: string;
      readonly payloads: string;
    };

const SCTP_PORT = 5000;
/** Clients attach the stream of the video track to one element, so both tracks carry the same stream id. */
const STREAM_ID = 'stream';
/** Largest data channel message that werift reassembles. */
const MAX_MESSAGE_BYTES = 65_536;
const FEEDBACK = {
  audio: ['transport-cc'],
  video: ['transport-cc', 'goog-remb', 'ccm fir', 'nack', 'nack pli'],
} as const;

/** The header extensions offered per kind (spec/webrtc.md section 5.2, plus playout-delay). */
export function offeredExtensions(kind: 'audio' | 'video'): Extension[] {
  const { mid, rid, repairedRid, transportCc, playoutDelay } = EXTENSIONS;
  return kind === 'audio' ? [transportCc] : [mid, rid, repairedRid, transportCc, playoutDelay];
}

/** Writes a session description (RFC 8866, RFC 8829) of the shape clients rely on (spec/webrtc.md section 4.2). */
export function writeDescription(
  session: { readonly id: string; readonly version: number },
  transport: TransportDescription,
  sections: readonly SectionDescription[],
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
  sections.forEach((section, index) => {
    lines.push(...writeSection(section, transport, index === 0));
  });
  return `${lines.join('\r\n')}\r\n`;
}

function writeSection(section: SectionDescription, transport: TransportDescription, first: boolean): string[] {
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
    default: {
      const { codec, payloadType } = section;
      const channels = codec.channels === undefined ? '' : `/${codec.channels}`;
      const sends = section.direction === 'sendrecv' || section.direction === 'sendonly';
      return [
        `m=${section.kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
        ...transportLines(section.mid, transport, first),
        'a=rtcp-mux',
        'a=rtcp-rsize',
        `a=rtpmap:${payloadType} ${codec.encodingName}/${codec.clockRateHz}${channels}`,
        ...(section.fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${section.fmtp}`]),
        ...FEEDBACK[section.kind].map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
        ...section.extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
        ...(sends
          ? [
              `a=ssrc:${section.ssrc} cname:${STREAM_ID}`,
              `a=ssrc:${section.ssrc} msid:${STREAM_ID} ${section.kind}`,
              `a=msid:${STREAM_ID} ${section.kind}`,
            ]
          : []),
        `a=${section.direction}`,
      ];
    }
  }
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
