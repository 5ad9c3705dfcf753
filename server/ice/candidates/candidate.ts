import { err, ok, type Result } from '../../lib/result.js';
import { FIELD_LIMITS } from '../../protocol/limits.js';

/** A candidate of RFC 8445 section 5.1 in the form of its SDP line (RFC 8839 section 5.1). Pure. */
export interface Candidate {
  readonly foundation: string;
  readonly component: number;
  readonly transport: 'udp' | 'tcp';
  readonly priority: number;
  /** An IP address without brackets, or, from a remote side only, a host name such as an mDNS one. */
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
  readonly tcpType?: 'active' | 'passive' | 'so';
  readonly related?: { readonly address: string; readonly port: number };
  readonly ufrag?: string;
}

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

const TYPES: ReadonlySet<string> = new Set<CandidateType>(['host', 'srflx', 'prflx', 'relay']);

/** RFC 8445 section 5.1.2.2. TCP stands 27 below UDP, so that every UDP path of a type wins over TCP. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 };
const TCP_PENALTY = 27;

/** The priority of a candidate (RFC 8445 section 5.1.2.1); `localPreference` is 0-65535, higher is tried first. */
export function candidatePriority(
  type: CandidateType,
  transport: 'udp' | 'tcp',
  localPreference: number,
  component: number,
): number {
  const typePreference = Math.max(0, TYPE_PREFERENCE[type] - (transport === 'tcp' ? TCP_PENALTY : 0));
  return typePreference * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);
}

/** The priority of a pair (RFC 8445 section 6.1.2.3) as a bigint, since it fills 64 bits. */
export function pairPriority(controlling: number, controlled: number): bigint {
  const g = BigInt(controlling);
  const d = BigInt(controlled);
  return ((g < d ? g : d) << 32n) + 2n * (g > d ? g : d) + (g > d ? 1n : 0n);
}

/** A foundation (RFC 8445 section 5.1.1.3): equal for equal type, base, server and transport; a decimal FNV-1a of them. */
export function candidateFoundation(type: CandidateType, baseAddress: string, transport: string, server = ''): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${type} ${baseAddress} ${transport} ${server}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return String(hash);
}

/** The text of `signal/candidate` and, after `a=`, of the SDP; ends in ` ufrag <fragment>` when that is known. */
export function formatCandidate(candidate: Candidate): string {
  const { foundation, component, transport, priority, address, port, type, related, tcpType, ufrag } = candidate;
  let text = `candidate:${foundation} ${component} ${transport} ${priority} ${address} ${port} typ ${type}`;
  if (related) text += ` raddr ${related.address} rport ${related.port}`;
  if (tcpType) text += ` tcptype ${tcpType}`;
  if (ufrag) text += ` ufrag ${ufrag}`;
  return text;
}

/** Reads a candidate with or without `a=` and `candidate:`; unknown extensions are ignored. */
export function parseCandidate(text: string): Result<Candidate> {
  if (text.length > FIELD_LIMITS.candidate.value) return err('candidate: too long');
  const words = text
    .trim()
    .replace(/^a=/, '')
    .replace(/^candidate:/, '')
    .split(/\s+/);
  const [foundation, component, transport, priority, address, port, typ, type] = words;
  if (!foundation || !address || typ !== 'typ' || type === undefined) return err('candidate: too few fields');
  if (!isCandidateType(type)) return err(`candidate: unknown type ${type}`);
  const protocol = transport?.toLowerCase();
  if (protocol !== 'udp' && protocol !== 'tcp') return err('candidate: transport is neither udp nor tcp');
  const numbers = { component: whole(component, 256), priority: whole(priority, 0xffffffff), port: whole(port, 65535) };
  if (numbers.component === undefined) return err('candidate: component is not a number');
  if (numbers.priority === undefined) return err('candidate: priority is not a number');
  if (numbers.port === undefined) return err('candidate: port is not a number');
  const extensions = new Map<string, string>();
  for (let i = 8; i + 1 < words.length; i += 2) extensions.set(words[i]!, words[i + 1]!);
  const tcpType = extensions.get('tcptype');
  const relatedPort = whole(extensions.get('rport'), 65535);
  const relatedAddress = extensions.get('raddr');
  return ok({
    foundation,
    component: numbers.component,
    transport: protocol,
    priority: numbers.priority,
    address,
    port: numbers.port,
    type,
    ...(tcpType === 'active' || tcpType === 'passive' || tcpType === 'so' ? { tcpType } : {}),
    ...(relatedAddress !== undefined && relatedPort !== undefined
      ? { related: { address: relatedAddress, port: relatedPort } }
      : {}),
    ...(extensions.has('ufrag') ? { ufrag: extensions.get('ufrag') } : {}),
  });
}

function isCandidateType(text: string): text is CandidateType {
  return TYPES.has(text);
}

function whole(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}
