import { parse, parsePayloads } from 'sdp-transform';
import { err, ok, type Result } from '../../lib/result.js';
import { FIELD_LIMITS } from '../../protocol/limits.js';
import { SDP_LIMITS } from '../limits.js';
import type { Fingerprint } from '../transport/fingerprint.js';
import type { Direction } from './direction.js';
import type { Extension } from './extensions.js';

/** What we need to know of a client's offer or answer. */
export interface RemoteDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly lite: boolean;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: string;
  readonly candidates: readonly string[];
  readonly sections: readonly RemoteSection[];
  /** The sections that share the one transport; undefined where nothing is said of it. */
  readonly bundled: ReadonlySet<string> | undefined;
  readonly sctpPort: number;
}

export interface RemoteSection {
  readonly media: string;
  readonly mid: string;
  readonly protocol: string;
  readonly payloads: string;
  readonly rejected: boolean;
  readonly direction: Direction;
  readonly codecs: readonly RemoteCodec[];
  /** Ids are 1 to 255 (RFC 8285). */
  readonly extensions: readonly Extension[];
  /** What is said to be sent under (RFC 5576), each once. */
  readonly ssrcs: readonly number[];
}

export interface RemoteCodec {
  /** 0 to 127. */
  readonly payloadType: number;
  readonly encodingName: string;
  /** Undefined where it is no whole number of hertz. */
  readonly clockRateHz: number | undefined;
  /** 1 where nothing is said. */
  readonly channels: number;
  readonly fmtp: string | undefined;
}

type Parsed = ReturnType<typeof parse>;
type Section = Parsed['media'][number];

const DEFAULT_SCTP_PORT = 5000;
const LINE_END = /\r\n|\r|\n/;
/** A colon would end the fragment in a STUN user name; RFC 8839 section 5.4 allows fewer characters still. */
const UFRAG = /^[!-9;-~]+$/;
const PASSWORD = /^[!-~]+$/;

/** Reads a session description; the error says which part of it is unusable. */
export function readDescription(sdp: string): Result<RemoteDescription> {
  const excess = excessOf(sdp);
  if (excess !== undefined) return err(excess);
  let session: Parsed;
  try {
    session = parse(sdp);
  } catch (error) {
    return err(`SDP cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (session.media.length > SDP_LIMITS.sections.value)
    return err(`SDP of ${session.media.length} media sections; at most ${SDP_LIMITS.sections.value} are read`);
  const transport = session.media.find((media) => media.port !== 0);
  if (transport === undefined) return err('SDP has no media section that is not rejected');
  const secrets = secretsOf(transport, session);
  if (!secrets.ok) return secrets;
  const fingerprints = fingerprintsOf(sdp);
  if (fingerprints.length === 0) return err('SDP lacks a=fingerprint');
  const sctpPort = session.media.find(({ port, type }) => port !== 0 && type === 'application')?.sctpPort ?? DEFAULT_SCTP_PORT;
  if (!isWhole(sctpPort, 1, 65_535)) return err('SDP has an a=sctp-port that is no port');
  return ok({
    ...secrets.value,
    fingerprints,
    lite: session.icelite !== undefined,
    setup: String(transport.setup ?? session.setup ?? ''),
    candidates: candidateTexts(sdp),
    sections: session.media.map(sectionOf),
    bundled: bundledOf(session),
    sctpPort,
  });
}

/** Why a description is not even looked at; the parser's work is in proportion to its lines and their length. */
function excessOf(sdp: string): string | undefined {
  const { sdp: text } = FIELD_LIMITS;
  const { lines } = SDP_LIMITS;
  if (sdp.length > text.value) return `SDP of ${sdp.length} characters; at most ${text.value} are read`;
  // What stands behind the end of the last line is no line.
  const parts = sdp.split(LINE_END, lines.value + 2);
  return parts.length > lines.value + 1 ? `SDP of more than ${lines.value} lines` : undefined;
}

/** The parser makes numbers of whatever looks like one, so every text is made one again. */
function secretsOf(transport: Section, session: Parsed): Result<Pick<RemoteDescription, 'ufrag' | 'pwd'>> {
  const ufrag = String(transport.iceUfrag ?? session.iceUfrag ?? '');
  const pwd = String(transport.icePwd ?? session.icePwd ?? '');
  if (ufrag === '' || pwd === '') return err('SDP lacks a=ice-ufrag or a=ice-pwd');
  const isShort = ({ length }: string) => length <= SDP_LIMITS.credential.value;
  if (!isShort(ufrag) || !UFRAG.test(ufrag))
    return err('SDP has an a=ice-ufrag that is too long or has a character it cannot have');
  if (!isShort(pwd) || !PASSWORD.test(pwd)) return err('SDP has an a=ice-pwd that is too long or has a character it cannot have');
  return ok({ ufrag, pwd });
}

function sectionOf(media: Section, index: number): RemoteSection {
  return {
    media: String(media.type),
    mid: String(media.mid ?? index),
    protocol: String(media.protocol),
    payloads: String(media.payloads ?? ''),
    rejected: media.port === 0,
    direction: media.direction ?? 'sendrecv',
    codecs: codecsOf(media),
    extensions: (media.ext ?? []).flatMap(({ value, uri }) => (isWhole(value, 1, 255) ? [{ id: value, uri: String(uri) }] : [])),
    ssrcs: ssrcsOf(media),
  };
}

function codecsOf(media: Section): RemoteSection['codecs'] {
  if (media.type === 'application') return [];
  const preferred = [...new Set(parsePayloads(String(media.payloads ?? '')))].filter((payload) => isWhole(payload, 0, 127));
  return preferred.flatMap((payloadType) => {
    const codec = media.rtp.find((rtp) => rtp.payload === payloadType);
    if (codec === undefined) return [];
    const fmtp = media.fmtp.find((each) => each.payload === payloadType)?.config;
    return [
      {
        payloadType,
        encodingName: String(codec.codec),
        clockRateHz: isWhole(codec.rate, 1, 2 ** 31) ? codec.rate : undefined,
        channels: isWhole(codec.encoding, 1, 255) ? codec.encoding : 1,
        fmtp: fmtp === undefined ? undefined : String(fmtp),
      },
    ];
  });
}

function ssrcsOf(media: Section): number[] {
  const ssrcs = (media.ssrcs ?? []).flatMap(({ id }) => (isWhole(id, 0, 0xffff_ffff) ? [id] : []));
  return [...new Set(ssrcs)].slice(0, SDP_LIMITS.ssrcs.value);
}

function bundledOf(session: Parsed): ReadonlySet<string> | undefined {
  const bundle = session.groups?.find(({ type }) => type === 'BUNDLE');
  return bundle && new Set(String(bundle.mids).split(' '));
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** The raw texts, since the agent has a candidate parser of its own. */
function candidateTexts(sdp: string): string[] {
  const texts = sdp.split(LINE_END).flatMap((line) => (line.startsWith('a=candidate:') ? [line.slice('a='.length)] : []));
  return texts.slice(0, SDP_LIMITS.candidates.value);
}

/** All of them: a certificate may be named by several digests (RFC 8122 section 5), of which the parser keeps the last. */
function fingerprintsOf(sdp: string): Fingerprint[] {
  const lines = sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm);
  return Array.from(lines, ([, algorithm = '', value = '']) => ({ algorithm, value })).slice(0, SDP_LIMITS.fingerprints.value);
}
