import { addressKey, familyOf, type TransportAddress } from '../address.js';
import { type Candidate, pairPriority } from '../candidates/candidate.js';
import type { IceCredentials, IceState, RemoteIce } from '../ice-types.js';
import { ICE_LIMITS } from '../limits.js';
import type { HmacSha1, ReceivedStun } from '../stun/stun.js';

/** The agent's dependencies: randomness and the hash. */
export interface AgentEnvironment {
  readonly hmac: HmacSha1;
  /** 12 unpredictable bytes. */
  transactionId(): Buffer;
  /** 0 <= x < 1. */
  random(): number;
}

/** A local end that packets leave from: a UDP socket, one accepted TCP connection, or a TURN allocation. */
export interface LocalBase {
  readonly id: string;
  /** Its own candidate, also when another address is advertised in its stead. */
  readonly candidate: Candidate;
  /** A TCP connection reaches this address and no other. */
  readonly onlyRemote?: TransportAddress;
}

export type PairPhase =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'checking'; readonly attempt: number; readonly nextMs: number }
  | { readonly kind: 'valid'; readonly unanswered: number; readonly nextMs: number }
  | { readonly kind: 'failed' };

export interface Pair {
  readonly base: LocalBase;
  remote: Candidate;
  readonly generation: Generation;
  priority: bigint;
  phase: PairPhase;
  /** The other side's own check came in: our check goes out before all others (RFC 8445 section 7.3.1.4). */
  triggered: boolean;
  /** It proved by MESSAGE-INTEGRITY that it knows our password or that it is the one we asked. */
  verified: boolean;
  lastHeardMs: number;
  /** When consent was last given (RFC 7675): a response to our check, or in ICE-lite a request. */
  consentMs: number;
  /** The newest request from the other side carried USE-CANDIDATE. */
  nominatedByRemote: boolean;
  /** When it began to carry it. */
  nominatedMs: number;
  rttMs: number | undefined;
}

export interface Transaction {
  readonly pair: Pair;
  readonly sentMs: number;
  readonly controlling: boolean;
  readonly useCandidate: boolean;
}

/** One pair of credentials on each side, and everything learnt under them. */
export interface Generation {
  readonly local: IceCredentials;
  remote: RemoteIce | undefined;
  readonly remoteCandidates: Candidate[];
  readonly pairs: Map<string, Pair>;
  readonly transactions: Map<string, Transaction>;
  firstValidMs: number | undefined;
  nominated: Pair | undefined;
}

/** Changed in place by `step`; everyone else only reads it. */
export interface AgentState {
  readonly env: AgentEnvironment;
  readonly lite: boolean;
  readonly tieBreaker: bigint;
  controlling: boolean;
  readonly bases: Map<string, LocalBase>;
  /** Newest first; a second one only while it still has the path. */
  generations: Generation[];
  /** Candidates that name a ufrag that no generation knows yet. */
  early: Candidate[];
  status: IceState;
  statusSinceMs: number;
  selected: Pair | undefined;
  /** When a datagram last came over the path; undefined before there was a path. */
  heardMs: number | undefined;
  nextPacedMs: number;
  nextReviveMs: number;
}

export type AgentInput =
  | { readonly kind: 'base'; readonly base: LocalBase }
  | { readonly kind: 'base-gone'; readonly baseId: string }
  | { readonly kind: 'remote'; readonly remote: RemoteIce }
  | { readonly kind: 'remote-candidate'; readonly candidate: Candidate }
  | { readonly kind: 'restart'; readonly local: IceCredentials }
  | { readonly kind: 'stun'; readonly baseId: string; readonly from: TransportAddress; readonly message: ReceivedStun }
  | { readonly kind: 'tick' }
  | { readonly kind: 'close' };

export type AgentEffect =
  | { readonly kind: 'send'; readonly baseId: string; readonly to: TransportAddress; readonly bytes: Buffer }
  | { readonly kind: 'state'; readonly state: IceState }
  /** The pair that media takes from now on; undefined: none is left. */
  | { readonly kind: 'path'; readonly pair: Pair | undefined }
  /** Datagrams from this address belong to this peer. */
  | { readonly kind: 'verified'; readonly baseId: string; readonly from: TransportAddress }
  | { readonly kind: 'generation-ended'; readonly ufrag: string };

/** Bounds what a peer can make us hold and send (RFC 8445 section 6.1.2.5 suggests 100 pairs). */
export const MAX_PAIRS = ICE_LIMITS.pairs.value;
export const MAX_REMOTE_CANDIDATES = ICE_LIMITS.remoteCandidates.value;

export function newAgent(options: {
  readonly env: AgentEnvironment;
  readonly lite: boolean;
  readonly controlling: boolean;
  readonly tieBreaker: bigint;
  readonly local: IceCredentials;
}): AgentState {
  return {
    env: options.env,
    lite: options.lite,
    tieBreaker: options.tieBreaker,
    controlling: options.controlling && !options.lite,
    bases: new Map(),
    generations: [newGeneration(options.local)],
    early: [],
    status: 'new',
    statusSinceMs: 0,
    selected: undefined,
    heardMs: undefined,
    nextPacedMs: 0,
    nextReviveMs: 0,
  };
}

export function newGeneration(local: IceCredentials): Generation {
  return {
    local,
    remote: undefined,
    remoteCandidates: [],
    pairs: new Map(),
    transactions: new Map(),
    firstValidMs: undefined,
    nominated: undefined,
  };
}

export function currentGeneration(state: AgentState): Generation {
  return state.generations[0]!;
}

export function pairKey(baseId: string, address: string, port: number): string {
  return `${baseId}|${addressKey(address, port)}`;
}

/** The pair of `base` and `remote`, made if it is new; then the quietest one makes room if the list is full. */
export function obtainPair(state: AgentState, generation: Generation, base: LocalBase, remote: Candidate): Pair {
  const key = pairKey(base.id, remote.address, remote.port);
  const known = generation.pairs.get(key);
  if (known) {
    // A signalled candidate has more details than the peer-reflexive one learnt from a check (RFC 8445 section 7.3.1.3).
    if (known.remote.type === 'prflx' && remote.type !== 'prflx') known.remote = remote;
    return known;
  }
  if (generation.pairs.size >= MAX_PAIRS) forgetQuietest(state, generation);
  const pair: Pair = {
    base,
    remote,
    generation,
    priority: 0n,
    phase: { kind: 'waiting' },
    triggered: false,
    verified: false,
    lastHeardMs: Number.NEGATIVE_INFINITY,
    consentMs: Number.NEGATIVE_INFINITY,
    nominatedByRemote: false,
    nominatedMs: Number.NEGATIVE_INFINITY,
    rttMs: undefined,
  };
  pair.priority = priorityOf(state, pair);
  generation.pairs.set(key, pair);
  return pair;
}

function forgetQuietest(state: AgentState, generation: Generation): void {
  const spare = [...generation.pairs].filter(([, pair]) => pair !== state.selected && pair !== generation.nominated);
  const quietest = spare.reduce((a, b) => (b[1].lastHeardMs < a[1].lastHeardMs ? b : a));
  generation.pairs.delete(quietest[0]);
}

/** The priority of a pair as seen in the present role. */
export function priorityOf(state: AgentState, pair: Pair): bigint {
  const [ours, theirs] = [pair.base.candidate.priority, pair.remote.priority];
  return state.controlling ? pairPriority(ours, theirs) : pairPriority(theirs, ours);
}

export function switchRole(state: AgentState, controlling: boolean): void {
  state.controlling = controlling;
  for (const generation of state.generations) {
    for (const pair of generation.pairs.values()) pair.priority = priorityOf(state, pair);
  }
}

/** True if a check from `base` to `remote` can make sense; peer-reflexive pairs prove themselves and do not ask. */
export function canPair(base: LocalBase, remote: Candidate): boolean {
  if (base.onlyRemote || base.candidate.transport !== 'udp' || remote.transport !== 'udp') return false;
  if (familyOf(base.candidate.address) !== familyOf(remote.address)) return false;
  return isLoopbackText(base.candidate.address) === isLoopbackText(remote.address);
}

function isLoopbackText(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
