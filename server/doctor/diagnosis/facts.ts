import { isLinkLocal, isLoopback, sameNetwork } from '../../ice/address.js';
import type { LocalAddress } from '../../ice/candidates/candidate-policy.js';
import type { ExternalEntry, StaticEntry } from '../../ice/ice-types.js';

/** Facts from the configuration and the machine. Pure. */
export interface DoctorFacts {
  readonly udp:
    | { readonly kind: 'off' }
    | { readonly kind: 'range'; readonly minPort: number; readonly maxPort: number }
    | { readonly kind: 'mux'; readonly port: number };
  /** `shared`: the HTTP port serves ICE-TCP too. */
  readonly tcp: { readonly kind: 'off' } | { readonly kind: 'mux' | 'shared'; readonly port: number };
  readonly lite: boolean;
  /** webrtc.nat1to1. */
  readonly nat1to1: readonly ExternalEntry[];
  /** The answer of an address service. */
  readonly found: readonly string[];
  /** webrtc.candidates. */
  readonly statics: readonly StaticEntry[];
  readonly locals: readonly LocalAddress[];
  readonly inContainer: boolean;
  readonly http: { readonly port: number; readonly tls: boolean; readonly proxy: boolean };
  /** Credentials of TURN servers are made from a shared secret. */
  readonly turnSecret: boolean;
}

/** Facts about the viewer that runs the check. */
export interface ClientFacts {
  /** The address of its WebSocket. */
  readonly address: string;
  readonly page: { readonly secure: boolean; readonly host: string; readonly port: number };
  readonly losses: readonly { readonly idleMs: number; readonly lifetimeMs: number }[];
}

const PRIVATE = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // Carrier-grade NAT (RFC 6598).
  ['100.64.0.0', 10],
  ['fc00::', 7],
] as const;

/** Not reachable over the internet: RFC 1918, RFC 6598, RFC 4193, link-local, loopback. */
export function isPrivate(address: string): boolean {
  return (
    isLoopback(address) ||
    isLinkLocal(address) ||
    PRIVATE.some(([network, prefixLength]) => sameNetwork(address, network, prefixLength))
  );
}

/** Docker's default pool. */
export function looksLikeContainer(address: string): boolean {
  return sameNetwork(address, '172.16.0.0', 12);
}

export function isOwn(facts: DoctorFacts, address: string): boolean {
  return facts.locals.some((local) => local.address === address);
}

/** On one of our networks, and not a container's gateway, which may stand for any client. */
export function isOnOurNetwork(facts: DoctorFacts, address: string): boolean {
  if (isLoopback(address) || isOwn(facts, address)) return true;
  return sharesNetwork(facts, address) && !isHidden(facts, address);
}

/** A container's gateway, which hides the addresses behind it: the first address of the container's own network. */
export function isHidden(facts: DoctorFacts, address: string): boolean {
  return facts.inContainer && /[.:]0*1$/.test(address) && !isOwn(facts, address) && sharesNetwork(facts, address);
}

/** The local address that is on the same network as this one. */
export function localBeside(facts: DoctorFacts, address: string): string | undefined {
  return facts.locals.find((local) => local.prefixLength > 0 && sameNetwork(address, local.address, local.prefixLength))?.address;
}

function sharesNetwork(facts: DoctorFacts, address: string): boolean {
  return localBeside(facts, address) !== undefined;
}
