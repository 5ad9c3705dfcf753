import type { DoctorFinding, DoctorReport } from '../../server/protocol/doctor.js';
import type { IceServer } from './ice-server.js';

type Json = Readonly<Record<string, unknown>>;

export type { DoctorFinding, DoctorReport };

/** A path that the server asks the page to try (protocol/doctor.ts). */
export interface DoctorProbe {
  readonly probe: string;
  readonly kind: 'connect' | 'relay' | 'gather';
  readonly sdp: string;
  readonly iceServers: readonly IceServer[];
  readonly expected: { readonly address: string; readonly port: number } | null;
  readonly limitMs: number;
}

const STATES: readonly string[] = ['works', 'blocked', 'wrong', 'untested'] satisfies DoctorFinding['state'][];
const KINDS: readonly string[] = ['udp', 'tcp', 'turn', 'stun', 'websocket', 'http'] satisfies DoctorFinding['kind'][];
const LONGEST_PROBE_MS = 15_000;

/** Reads `doctor/report`; findings of a shape that this page does not know are left out. */
export function readReport(p: Json): DoctorReport {
  return {
    done: p.done === true,
    tested: whole(p.tested),
    total: whole(p.total),
    verdict: text(p.verdict),
    findings: (Array.isArray(p.findings) ? p.findings : []).flatMap((each: unknown) => finding(each) ?? []),
  };
}

/** Reads `doctor/probe`; `iceServers` are read already. Null for a kind that this page does not know. */
export function readProbe(p: Json, iceServers: readonly IceServer[]): DoctorProbe | null {
  const { kind, expected } = p;
  if (kind !== 'connect' && kind !== 'relay' && kind !== 'gather') return null;
  return {
    probe: text(p.probe),
    kind,
    sdp: text(p.sdp),
    iceServers,
    expected: isObject(expected) ? { address: text(expected.address), port: whole(expected.port) } : null,
    limitMs: Math.min(LONGEST_PROBE_MS, whole(p.limit_ms)),
  };
}

function finding(value: unknown): DoctorFinding | null {
  if (!isObject(value) || !isState(value.state) || !isKind(value.kind)) return null;
  return {
    id: text(value.id),
    side: value.side === 'server' ? 'server' : 'browser',
    kind: value.kind,
    label: text(value.label),
    state: value.state,
    rtt_ms: typeof value.rtt_ms === 'number' ? value.rtt_ms : null,
    cause: typeof value.cause === 'string' ? value.cause : null,
    explanation: text(value.explanation),
    remedy: text(value.remedy),
    snippet: text(value.snippet),
  };
}

function isState(value: unknown): value is DoctorFinding['state'] {
  return typeof value === 'string' && STATES.includes(value);
}

function isKind(value: unknown): value is DoctorFinding['kind'] {
  return typeof value === 'string' && KINDS.includes(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 0;
}
