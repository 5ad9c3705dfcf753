import type { NetworkType } from '../../config/config.js';
import { canonicalAddress, familyOf, isLinkLocal, isLoopback, sameNetwork } from '../address.js';
import type { CandidateFilters } from '../ice-types.js';
import { type Candidate, candidateFoundation, candidatePriority } from './candidate.js';

/**
 * Which of our addresses are advertised to a viewer, and in which order (SPEC.md IP1-IP12). Pure: interfaces, resolved names and
 * the client's address come in as arguments.
 */
export interface LocalAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** An open socket that takes part: its port is what is advertised, unless a static candidate has its own. */
export interface HostEndpoint {
  readonly baseId: string;
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

/** One entry of webrtc.nat1to1 with names already resolved. */
export interface ResolvedExternal {
  readonly external: string;
  readonly local?: string;
  /** It was found, not configured: the local address is advertised, too. */
  readonly found?: boolean;
}

/** One entry of webrtc.candidates with names already resolved. */
export type ResolvedCandidate = { readonly address: string; readonly port: number };

export interface AdvertisePolicy {
  readonly locals: readonly LocalAddress[];
  readonly externals: readonly ResolvedExternal[];
  readonly statics: readonly ResolvedCandidate[];
  readonly filters: CandidateFilters;
  readonly clientAddress: string | undefined;
}

/** The addresses worth a socket for this client, best first. Empty only if the filters leave nothing. */
export function usableAddresses(policy: AdvertisePolicy): LocalAddress[] {
  const { filters } = policy;
  const allowed = policy.locals.filter(
    (local) => !isLinkLocal(local.address) && interfaceAllowed(local, filters) && ipAllowed(local, filters),
  );
  const outer = allowed.filter((local) => !isLoopback(local.address));
  const withoutBridges = outer.filter((local) => !isContainerBridge(local));
  // Bridges and loopback are better than nothing.
  const chosen = withoutBridges.length > 0 ? withoutBridges : outer;
  const loopback = loopbackWanted(policy, chosen.length === 0) ? allowed.filter((local) => isLoopback(local.address)) : [];
  return [...chosen, ...loopback]
    .map((local, index) => ({ local, index, rank: rankOf(local, policy.clientAddress) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ local }) => local);
}

/** The host candidates for the endpoints that are open, best first, each with the base that serves it. */
export function hostCandidates(policy: AdvertisePolicy, endpoints: readonly HostEndpoint[]): (Candidate & { baseId: string })[] {
  const { filters } = policy;
  const found: { endpoint: HostEndpoint; address: string; port: number }[] = [];
  const add = (endpoint: HostEndpoint, address: string, port: number) => {
    const same = (each: (typeof found)[number]) =>
      each.address === address && each.port === port && each.endpoint.transport === endpoint.transport;
    const network: NetworkType = `${endpoint.transport}${familyOf(address)}`;
    if (allows(filters.networks, network) && allows(filters.candidates, address) && !found.some(same))
      found.push({ endpoint, address, port });
  };
  const ordered = usableAddresses(policy);
  const onAddress = (local: LocalAddress) => endpoints.filter((endpoint) => endpoint.address === local.address);
  for (const { address, port } of policy.statics) {
    for (const transport of ['udp', 'tcp'] as const) {
      const serving = ordered.flatMap(onAddress).filter((endpoint) => endpoint.transport === transport);
      const endpoint = serving.find((each) => familyOf(each.address) === familyOf(address)) ?? serving[0];
      if (endpoint) add(endpoint, address, port);
    }
  }
  for (const local of ordered) {
    for (const endpoint of onAddress(local)) {
      for (const address of advertisedFor(local, policy)) add(endpoint, address, endpoint.port);
    }
  }
  return found.map(({ endpoint, address, port }, index) => ({
    baseId: endpoint.baseId,
    foundation: candidateFoundation('host', endpoint.address, endpoint.transport, address),
    component: 1,
    transport: endpoint.transport,
    priority: candidatePriority('host', endpoint.transport, 65535 - index, 1),
    address,
    port,
    type: 'host' as const,
    ...(endpoint.transport === 'tcp' ? { tcpType: 'passive' as const } : {}),
  }));
}

/** External addresses stand in the place of local ones, except for a client that reaches us directly. */
function advertisedFor(local: LocalAddress, policy: AdvertisePolicy): string[] {
  if (isLoopback(local.address)) return [local.address];
  const own = policy.externals.filter((entry) => entry.local === local.address);
  const general = policy.externals.filter((entry) => !entry.local && familyOf(entry.external) === familyOf(local.address));
  const external = (own.length > 0 ? own : general).map((entry) => entry.external);
  if (external.length === 0) return [local.address];
  const found = own.length === 0 && general.every((entry) => entry.found);
  return found || rankOf(local, policy.clientAddress) < 2 ? [local.address, ...external] : external;
}

/** 0: the client is this very machine on this address; 1: it is on this subnet; then IPv4 before IPv6, loopback last. */
function rankOf(local: LocalAddress, clientAddress: string | undefined): number {
  const client = clientAddress === undefined ? undefined : canonicalAddress(clientAddress);
  if (client === local.address || (client && isLoopback(client) && isLoopback(local.address))) return 0;
  if (isLoopback(local.address)) return 4;
  if (client && !isLoopback(client) && sameNetwork(client, local.address, local.prefixLength)) return 1;
  return familyOf(local.address) === 4 ? 2 : 3;
}

/** A browser on this machine may have no other network; other clients cannot use loopback. */
function loopbackWanted({ filters, locals, clientAddress }: AdvertisePolicy, nothingElse: boolean): boolean {
  if (filters.loopback === true || filters.loopback === false) return filters.loopback;
  const client = clientAddress === undefined ? undefined : canonicalAddress(clientAddress);
  const isLocal = client !== undefined && (isLoopback(client) || locals.some((local) => local.address === client));
  return isLocal || nothingElse;
}

/** 172.16.0.0/12 on a docker or br- interface: reachable from containers on this machine only. */
function isContainerBridge(local: LocalAddress): boolean {
  return /^(docker|br-)/.test(local.interfaceName) && sameNetwork(local.address, '172.16.0.0', 12);
}

function interfaceAllowed(local: LocalAddress, filters: CandidateFilters): boolean {
  if (!filters.interfaces?.length) return true;
  return filters.interfaces.some((pattern) =>
    pattern.endsWith('*') ? local.interfaceName.startsWith(pattern.slice(0, -1)) : local.interfaceName === pattern,
  );
}

function ipAllowed(local: LocalAddress, filters: CandidateFilters): boolean {
  if (!filters.ips?.length) return true;
  return filters.ips.some((entry) => {
    const [network, prefix] = entry.split('/');
    const bits = familyOf(local.address) === 4 ? 32 : 128;
    return sameNetwork(local.address, network ?? '', prefix === undefined ? bits : Number(prefix));
  });
}

function allows<T>(list: readonly T[] | undefined, item: T): boolean {
  return !list?.length || list.includes(item);
}
