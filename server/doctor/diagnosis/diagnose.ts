import { assertNever } from '../../lib/assert-never.js';
import type { DoctorFinding } from '../../protocol/doctor.js';
import type { Cause } from './cause.js';
import { diagnoseMapping, diagnoseStun, diagnoseTurn } from './diagnose-helper.js';
import { diagnoseHost } from './diagnose-host.js';
import { diagnoseSocket } from './diagnose-socket.js';
import { type ClientFacts, type DoctorFacts, isOwn } from './facts.js';
import { hostPort, type Path, type PathOutcome, type PathResult, pathId } from './path.js';
import { environmentLines, portLines } from './remedies.js';

type Failure = Extract<PathOutcome, { kind: 'failed' }>;

/** Turns outcomes of tries into findings, in the same order. `client` is missing where the server looked by itself. Pure. */
export function diagnose(facts: DoctorFacts, client: ClientFacts | undefined, results: readonly PathResult[]): DoctorFinding[] {
  const udpIsBlocked = viewerLacksUdp(results);
  const ofServer = new Map(results.filter(({ side }) => side === 'server').map(({ path, outcome }) => [pathId(path), outcome]));
  return results.map(({ side, path, outcome }) => {
    const base = { id: `${side} ${pathId(path)}`, side, kind: kindOf(path), label: labelOf(path, facts) };
    const ours = side === 'browser' ? ofServer.get(pathId(path)) : undefined;
    switch (outcome.kind) {
      case 'works': {
        const cause = path.kind === 'websocket' && client ? diagnoseSocket(facts, client) : undefined;
        return { ...base, rtt_ms: outcome.rttMs, ...(cause ? explained(cause) : WELL) };
      }
      case 'untested':
        return { ...base, ...WELL, state: 'untested', rtt_ms: null, explanation: outcome.reason };
      case 'failed': {
        const cause = causeOf(path, outcome, facts, client, ours, udpIsBlocked && side === 'browser');
        return { ...base, rtt_ms: null, ...explained(cause) };
      }
      default:
        return assertNever(outcome);
    }
  });
}

const WELL = { state: 'works' as const, cause: null, explanation: '', remedy: '', snippet: '' };

function explained({ code, ...rest }: Cause) {
  return { cause: code, ...rest };
}

function causeOf(
  path: Path,
  failure: Failure,
  facts: DoctorFacts,
  client: ClientFacts | undefined,
  ours: PathOutcome | undefined,
  udpIsBlocked: boolean,
): Cause {
  switch (path.kind) {
    case 'turn':
      return failure.ice ? dtlsBlocked() : diagnoseTurn(path.url, failure, facts, ours);
    case 'stun':
      return diagnoseStun(path.url, failure, ours);
    case 'websocket':
      return socketBroke();
    case 'http':
      return httpSilent(path.port, facts);
    case 'host':
    case 'srflx':
    case 'relay':
      if (failure.ice) return dtlsBlocked();
      if (failure.heard && path.kind === 'host') return repliesLost();
      if (path.kind !== 'host') return diagnoseMapping(path);
      return client ? diagnoseHost(path, facts, client, udpIsBlocked) : ownSilent(path);
    default:
      return assertNever(path);
  }
}

/** No UDP path works for the viewer, and one of them is a server that answers us: the viewer's side is the cause. */
function viewerLacksUdp(results: readonly PathResult[]): boolean {
  const isUdp = (path: Path) =>
    path.kind === 'host' ? path.transport === 'udp' : 'url' in path && !/^(turns|stuns):|transport=tcp/i.test(path.url);
  const tried = results.filter(({ side, path, outcome }) => side === 'browser' && isUdp(path) && outcome.kind !== 'untested');
  if (tried.length === 0 || tried.some(({ outcome }) => outcome.kind === 'works')) return false;
  const answersUs = (id: string) =>
    results.some(({ side, path, outcome }) => side === 'server' && outcome.kind === 'works' && pathId(path) === id);
  return tried.some(({ path, outcome }) => {
    const unreached = outcome.kind === 'failed' && outcome.errors.every(({ code }) => code >= 700);
    return 'url' in path && unreached && answersUs(pathId(path));
  });
}

function dtlsBlocked(): Cause {
  return {
    code: 'dtls-blocked',
    state: 'blocked',
    explanation: 'Connectivity checks come through both ways, but the encrypted connection (DTLS) does not come up on this path.',
    remedy: 'A firewall inspects the packets, or drops large ones: try a TURN server over TLS (turns: on port 443).',
    snippet: '',
  };
}

function repliesLost(): Cause {
  return {
    code: 'replies-lost',
    state: 'blocked',
    explanation: 'Packets of the viewer arrive here, but our answers do not come back to it.',
    remedy:
      'A firewall drops what leaves, or the answers take another way out than the one the packets came in by (two routers, a VPN).',
    snippet: '',
  };
}

function socketBroke(): Cause {
  return {
    code: 'proxy-idle',
    state: 'blocked',
    explanation: 'The WebSocket broke during the check.',
    remedy:
      'If a reverse proxy stands between, let it pass WebSockets (Upgrade and Connection headers) and not end them when idle.',
    snippet:
      'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";\nproxy_read_timeout 60s;',
  };
}

function httpSilent(port: number, { http }: DoctorFacts): Cause {
  return {
    code: 'http-silent',
    state: 'blocked',
    explanation: `Our own ${http.tls ? 'HTTPS' : 'HTTP'} port ${port} does not answer on this machine.`,
    remedy: 'Look for errors in the log; the port must be published as TCP to be seen from outside.',
    snippet: portLines(`${port}:${port}`),
  };
}

/** The finding for the server's own try of one of its addresses, without a viewer. */
function ownSilent({ transport, address, port }: Extract<Path, { kind: 'host' }>): Cause {
  return {
    code: 'no-candidate',
    state: 'blocked',
    explanation: `${hostPort(address, port)} does not answer over ${transport.toUpperCase()} on this very machine.`,
    remedy: 'A local firewall drops it, or the address is not ours: leave it out.',
    snippet: environmentLines({ NEKO_WEBRTC_FILTERS_CANDIDATES: '<the addresses that may be shown>' }),
  };
}

function kindOf(path: Path): DoctorFinding['kind'] {
  switch (path.kind) {
    case 'host':
      return path.transport;
    case 'srflx':
      return 'udp';
    case 'relay':
      return 'turn';
    default:
      return path.kind;
  }
}

function labelOf(path: Path, { udp }: DoctorFacts): string {
  switch (path.kind) {
    case 'host':
      // In a port range every peer has another port.
      if (path.transport === 'udp' && udp.kind === 'range' && path.port >= udp.minPort && path.port <= udp.maxPort)
        return `UDP ${path.address}, port ${udp.minPort}-${udp.maxPort}`;
      return `${path.transport.toUpperCase()} ${hostPort(path.address, path.port)}`;
    case 'srflx':
      return `UDP ${hostPort(path.address, path.port)}, as STUN sees us`;
    case 'relay':
      return `Relay of the server on ${path.address}`;
    case 'turn':
    case 'stun':
      return path.url;
    case 'websocket':
      return 'WebSocket to this server';
    case 'http':
      return `HTTP port ${path.port}`;
  }
}

/** One sentence about all paths. Media uses UDP, TCP and relays; the other paths only help. */
export function verdictOf(findings: readonly DoctorFinding[]): string {
  const media = findings.filter(({ side, kind }) => side === 'browser' && (kind === 'udp' || kind === 'tcp' || kind === 'turn'));
  const tested = media.filter(({ state }) => state !== 'untested');
  const working = tested.filter(({ state }) => state === 'works');
  const troubled = findings.filter(({ state }) => state === 'blocked' || state === 'wrong');
  if (tested.length === 0) return 'No path for the picture could be tested.';
  if (working.length === 0) return 'No path for the picture works. The first remedy below is the one to begin with.';
  if (troubled.length === 0) return working.length === 1 ? 'The path works.' : `All ${working.length} paths work.`;
  return `The picture has a way: ${working.length} of ${tested.length} ${tested.length === 1 ? 'path works' : 'paths work'}.`;
}

/** Whether an address is advertised in place of a local one: the server itself can rarely test it. */
export function isElsewhere(facts: DoctorFacts, path: Path): boolean {
  return path.kind === 'host' && !isOwn(facts, path.address);
}
