import { parse, parsePayloads } from 'sdp-transform';
import { err, ok, type Result } from '../lib/result.js';
import type { Fingerprint } from './fingerprint.js';
import type { Direction } from './local-description.js';

/** What we need to know of a client's offer or answer. */
export interface RemoteDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly lite: boolean;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: string;
  readonly candidates: readonly string[];
  readonly sections: readonly RemoteSection[];
  readonly sctpPort: number;
}

export interface RemoteSection {
  readonly media: string;
  readonly mid: string;
  readonly protocol: string;
  readonly payloads: string;
  readonly rejected: boolean;
  readonly direction: Direction;
  readonly codecs: readonly { readonly payloadType: number; readonly encodingName: string; readonly fmtp: string | undefined }[];
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
}

/** An honest description has a few kilobytes; the limit keeps the parser's work bounded. */
const MAX_SDP_CHARACTERS = 100_000;
const MAX_FINGERPRINTS = 16;
const DEFAULT_SCTP_PORT = 5000;

/** Reads a session description; the error says which part of it is unusable. */
export function readDescription(sdp: string): Result<RemoteDescription> {
  if (sdp.length > MAX_SDP_CHARACTERS) return err(`SDP of ${sdp.length} characters; at most ${MAX_SDP_CHARACTERS} are read`);
  let session: ReturnType<typeof parse>;
  try {
    session = parse(sdp);
  } catch (error) {
    return err(`SDP cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const live = session.media.filter((media) => media.port !== 0);
  const transport = live[0];
  if (transport === undefined) return err('SDP has no media section that is not rejected');
  const ufrag = transport.iceUfrag ?? session.iceUfrag;
  const pwd = transport.icePwd ?? session.icePwd;
  if (!ufrag || !pwd) return err('SDP lacks a=ice-ufrag or a=ice-pwd');
  const fingerprints = fingerprintsOf(sdp);
  if (fingerprints.length === 0) return err('SDP lacks a=fingerprint');
  const sctp = live.find((media) => media.type === 'application');
  return ok({
    ufrag: String(ufrag),
    pwd: String(pwd),
    lite: session.icelite !== undefined,
    fingerprints,
    setup: transport.setup ?? session.setup ?? '',
    candidates: candidateTexts(sdp),
    sections: session.media.map((media, index) => ({
      media: media.type,
      mid: String(media.mid ?? index),
      protocol: media.protocol,
      payloads: String(media.payloads ?? ''),
      rejected: media.port === 0,
      direction: media.direction ?? 'sendrecv',
      codecs: codecsOf(media),
      extensions: (media.ext ?? []).map(({ value, uri }) => ({ id: value, uri })),
    })),
    sctpPort: sctp?.sctpPort ?? DEFAULT_SCTP_PORT,
  });
}

function codecsOf(media: ReturnType<typeof parse>['media'][number]): RemoteSection['codecs'] {
  if (media.type === 'application') return [];
  const preferred = parsePayloads(String(media.payloads ?? ''));
  return preferred.flatMap((payloadType) => {
    const codec = media.rtp.find((rtp) => rtp.payload === payloadType);
    if (codec === undefined) return [];
    return [{ payloadType, encodingName: codec.codec, fmtp: media.fmtp.find((fmtp) => fmtp.payload === payloadType)?.config }];
  });
}

/** The raw texts, since the agent has a candidate parser of its own. */
function candidateTexts(sdp: string): string[] {
  return sdp.split(/\r?\n/).flatMap((line) => (line.startsWith('a=candidate:') ? [line.slice('a='.length)] : []));
}

/** All of them: a certificate may be named by several digests (RFC 8122 section 5), of which the parser keeps the last. */
function fingerprintsOf(sdp: string): Fingerprint[] {
  const lines = sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm);
  return Array.from(lines, ([, algorithm = '', value = '']) => ({ algorithm, value })).slice(0, MAX_FINGERPRINTS);
}
