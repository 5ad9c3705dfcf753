import { familyOf } from '../ice/address.js';
import type { Candidate } from '../ice/candidates/candidate.js';
import type { IceServerWithCa, IceTransports } from '../ice/ice-types.js';
import { parseIceUrl } from '../ice/servers/ice-url.js';
import type { Clock } from '../lib/clock.js';
import type { DoctorView } from '../protocol/doctor.js';
import { checkTcp, checkUdp } from './check-address.js';
import { checkHttp, type HttpPort } from './check-http.js';
import { checkServer, within } from './check-server.js';
import { diagnose, isElsewhere } from './diagnosis/diagnose.js';
import { type DoctorFacts, isOwn } from './diagnosis/facts.js';
import { hostPort, type Path, type PathOutcome, type PathResult } from './diagnosis/path.js';

export interface ServerChecks {
  readonly ice: Pick<IceTransports, 'createPeer' | 'listening' | 'servedServers'>;
  readonly facts: () => DoctorFacts;
  /** All ICE servers, of both lists. */
  readonly servers: readonly IceServerWithCa[];
  readonly http: HttpPort;
  readonly clock: Clock;
}

/** The results of the server's own check. */
export interface ServerLook {
  readonly view: DoctorView;
  readonly results: readonly PathResult[];
}

/** The whole check takes 6 s at most. */
const CHECK_LIMIT_MS = 5000;
const ADDRESS_LIMIT_MS = 2500;
const LAST_CALL_MS = 5500;

/** Checks the server's own side: sockets, advertised addresses, and whether its helpers answer; 6 s at most. */
export async function lookAtServer(checks: ServerChecks): Promise<ServerLook> {
  const { clock, ice } = checks;
  const startMs = clock.nowMs();
  const facts = checks.facts();
  const [candidates, ...results] = await Promise.all([
    advertised(checks),
    ...serverChecks(checks).map(({ path, check }) => bounded(clock, path, check)),
    bounded(clock, { kind: 'http', port: checks.http.port }, checkHttp(checks.http, clock, CHECK_LIMIT_MS)),
  ]);
  const own = await Promise.all(addressChecks(candidates, facts, clock, startMs + LAST_CALL_MS));
  const all = [...own, ...results];
  const of = (transport: string, family: 4 | 6) =>
    candidates
      .filter((each) => each.transport === transport && familyOf(each.address) === family)
      .map(({ type, address, port }) => ({ type, address, port }));
  const view: DoctorView = {
    took_ms: Math.round(clock.nowMs() - startMs),
    listening: [
      ...ice.listening().map(({ transport, address, port }) => ({ transport, address, ports: String(port) })),
      ...(facts.udp.kind === 'range'
        ? [{ transport: 'udp', address: 'one each per viewer', ports: `${facts.udp.minPort}-${facts.udp.maxPort}` }]
        : []),
    ],
    advertised: { udp4: of('udp', 4), udp6: of('udp', 6), tcp4: of('tcp', 4), tcp6: of('tcp', 6) },
    external: externalAddresses(facts, candidates),
    findings: diagnose(facts, undefined, all),
  };
  return { view, results: all };
}

/** The candidates advertised to a viewer in another network. */
async function advertised({ ice, clock }: ServerChecks): Promise<readonly Candidate[]> {
  const peer = await ice.createPeer({ log: SILENT });
  if (!peer.ok) return [];
  await within(clock, CHECK_LIMIT_MS - ADDRESS_LIMIT_MS, peer.value.gather(), () => {});
  const candidates = peer.value.candidates();
  peer.value.close();
  return candidates;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

function serverChecks({ ice, servers, clock }: ServerChecks): { path: Path; check: Promise<PathOutcome> }[] {
  const seen = new Set<string>();
  return ice.servedServers(servers, 'doctor').servers.flatMap((server) =>
    server.urls.flatMap((text) => {
      const url = parseIceUrl(text);
      if (!url.ok || seen.has(text)) return [];
      seen.add(text);
      return [{ path: { kind: url.value.scheme, url: text }, check: checkServer(server, text, clock, CHECK_LIMIT_MS) }];
    }),
  );
}

/** Only shared sockets can be checked: those of a range belong to viewers. */
function addressChecks(
  candidates: readonly Candidate[],
  facts: DoctorFacts,
  clock: Clock,
  deadlineMs: number,
): Promise<PathResult>[] {
  const hosts = candidates.filter(({ type, transport }) => type === 'host' && (transport === 'tcp' || facts.udp.kind === 'mux'));
  return hosts.map(async ({ transport, address, port }): Promise<PathResult> => {
    const path: Path = { kind: 'host', transport, address, port };
    const limitMs = Math.max(200, Math.min(ADDRESS_LIMIT_MS, deadlineMs - clock.nowMs()));
    const outcome = await (transport === 'udp' ? checkUdp : checkTcp)(address, port, clock, limitMs);
    if (outcome.kind !== 'failed' || !isElsewhere(facts, path)) return { side: 'server', path, outcome };
    const reason = 'It cannot be tested from the server itself: many routers do not lead packets from inside back in.';
    return { side: 'server', path, outcome: { kind: 'untested', reason } };
  });
}

async function bounded(clock: Clock, path: Path, check: Promise<PathOutcome>): Promise<PathResult> {
  const outcome = await within(clock, LAST_CALL_MS, check, () => {});
  return { side: 'server', path, outcome: outcome ?? { kind: 'untested', reason: 'There was no time left.' } };
}

/** Advertised addresses that are not local, and where each came from. */
function externalAddresses(facts: DoctorFacts, candidates: readonly Candidate[]): DoctorView['external'] {
  const { nat1to1, found, statics } = facts;
  const listed = [
    ...nat1to1.map(({ external }) => ({ address: external, source: 'NEKO_WEBRTC_NAT1TO1' })),
    ...found.map((address) => ({ address, source: 'NEKO_WEBRTC_IP_RETRIEVAL_URL' })),
    ...statics.map((entry) => ({
      address: entry.kind === 'stun' ? `stun:${entry.port}` : hostPort(entry.host, entry.port),
      source: 'NEKO_WEBRTC_CANDIDATES',
    })),
  ];
  const seen = [...new Set(candidates.filter(({ type }) => type === 'srflx').map(({ address }) => address))];
  const others = seen.filter((address) => !isOwn(facts, address)).map((address) => ({ address, source: 'STUN' }));
  return [...listed, ...others];
}
