import { assertNever } from '../../../server/lib/assert-never.js';
import { backoffMs } from '../../../server/lib/backoff.js';

/**
 * Decides when a WebRTC peer is requested, repaired by an ICE restart, or replaced.
 * Pure: the shell carries out the effects and calls back with a tick at `peerDueAtMs`.
 */
export interface PeerState {
  /** Is there a socket to signal over? */
  readonly socket: boolean;
  /** May this session watch at all? */
  readonly allowed: boolean;
  readonly peer: PeerPhase;
}

export type PeerPhase =
  | { readonly kind: 'none' }
  /** `reason`: the server's refusal of the request before. */
  | { readonly kind: 'requested'; readonly sinceMs: number; readonly attempt: number; readonly reason?: string }
  | { readonly kind: 'connected' }
  /** ICE gets no datagrams, and may recover by itself. */
  | { readonly kind: 'shaky'; readonly sinceMs: number }
  /** `heard`: a message of the server came since, so the network is there and the repair's time counts. */
  | { readonly kind: 'repairing'; readonly sinceMs: number; readonly heard: boolean }
  | { readonly kind: 'retrying'; readonly untilMs: number; readonly attempt: number; readonly reason?: string };

export type PeerInput =
  | { readonly kind: 'socket-open' }
  | { readonly kind: 'socket-lost' }
  /** From system/init or a changed profile: this session's state on the server. */
  | { readonly kind: 'server-view'; readonly watching: boolean; readonly allowed: boolean }
  | { readonly kind: 'allowed'; readonly allowed: boolean }
  | { readonly kind: 'connected' }
  | { readonly kind: 'interrupted' }
  /** ICE has given up; a restart can still bring it back. */
  | { readonly kind: 'failed' }
  /** Any message of the server. */
  | { readonly kind: 'heard' }
  /** The data channel closed, or the server closed its side. */
  | { readonly kind: 'gone' }
  /** The server could not make a peer, for this reason. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'tick' };

export type PeerEffect = 'request' | 'restart' | 'drop';

/** ICE often recovers within a second or two; a restart before that is wasted work for both sides. */
export const SHAKY_MS = 1_500;
/** A restart that has not helped by now never will, unless the network is away altogether. */
export const REPAIR_MS = 6_000;
/** The time neko's client gives a peer to come up. */
export const REQUEST_TIMEOUT_MS = 10_000;
export const PEER_RETRY = { firstMs: 500, maxMs: 5_000 };

export const NO_PEER: PeerState = { socket: false, allowed: true, peer: { kind: 'none' } };

type Step = [PeerState, PeerEffect[]];

export function stepPeer(state: PeerState, input: PeerInput, nowMs: number): Step {
  switch (input.kind) {
    case 'socket-open':
      return socketOpen({ ...state, socket: true }, nowMs);
    case 'socket-lost':
      return [{ ...state, socket: false }, []];
    case 'server-view':
      return serverView({ ...state, allowed: input.allowed }, input.watching, nowMs);
    case 'allowed':
      return input.allowed === state.allowed ? [state, []] : serverView({ ...state, allowed: input.allowed }, false, nowMs);
    case 'connected':
      return state.peer.kind === 'none' ? [state, []] : [{ ...state, peer: { kind: 'connected' } }, []];
    case 'interrupted':
      return state.peer.kind === 'connected' ? [{ ...state, peer: { kind: 'shaky', sinceMs: nowMs } }, []] : [state, []];
    case 'failed':
      return failed(state, nowMs);
    case 'heard':
      if (state.peer.kind !== 'repairing' || state.peer.heard) return [state, []];
      return [{ ...state, peer: { kind: 'repairing', sinceMs: nowMs, heard: true } }, []];
    case 'gone':
      return gone(state, nowMs);
    case 'refused':
      return state.peer.kind === 'requested' ? gone(state, nowMs, input.reason) : [state, []];
    case 'signed-out':
      return [NO_PEER, ['drop']];
    case 'tick':
      return tick(state, nowMs);
    default:
      return assertNever(input);
  }
}

/** When the next tick is needed, in ms, or null when only outside events matter. */
export function peerDueAtMs({ socket, peer }: PeerState): number | null {
  // Without a socket no request can be sent; its return is the next event.
  if (!socket) return null;
  switch (peer.kind) {
    case 'requested':
      return peer.sinceMs + REQUEST_TIMEOUT_MS;
    case 'shaky':
      return peer.sinceMs + SHAKY_MS;
    case 'repairing':
      // While no message of the server comes, a new peer would not work either, and this one can recover by itself.
      return peer.heard ? peer.sinceMs + REPAIR_MS : null;
    case 'retrying':
      return peer.untilMs;
    case 'none':
    case 'connected':
      return null;
    default:
      return assertNever(peer);
  }
}

function request(state: PeerState, nowMs: number, attempt: number, reason?: string): Step {
  const said = reason === undefined ? {} : { reason };
  return [{ ...state, peer: { kind: 'requested', sinceMs: nowMs, attempt, ...said } }, ['drop', 'request']];
}

function socketOpen(state: PeerState, nowMs: number): Step {
  switch (state.peer.kind) {
    case 'connected':
      return [state, []];
    case 'shaky':
    case 'repairing':
      return repair(state, nowMs);
    case 'none':
    case 'requested':
    case 'retrying':
      // Sent before system/init shows whether watching is allowed: that saves a round trip, and a refusal costs nothing.
      return request(state, nowMs, 0);
    default:
      return assertNever(state.peer);
  }
}

function serverView(state: PeerState, watching: boolean, nowMs: number): Step {
  if (!state.allowed) return [{ ...state, peer: { kind: 'none' } }, ['drop']];
  if (!state.socket || state.peer.kind === 'requested' || state.peer.kind === 'retrying') return [state, []];
  // A restarted server has no peer of ours; ICE would need seconds to notice.
  return watching ? [state, []] : request(state, nowMs, 0);
}

function repair(state: PeerState, nowMs: number): Step {
  return [{ ...state, peer: { kind: 'repairing', sinceMs: nowMs, heard: false } }, ['restart']];
}

/** A peer that was connected is repaired by an ICE restart; one that is still being set up is requested again. */
function failed(state: PeerState, nowMs: number): Step {
  switch (state.peer.kind) {
    case 'connected':
    case 'shaky':
      // Without a socket the restart is requested when there is one again.
      return state.socket ? repair(state, nowMs) : [{ ...state, peer: { kind: 'shaky', sinceMs: nowMs } }, []];
    case 'repairing':
      return [state, []];
    case 'none':
    case 'requested':
    case 'retrying':
      return gone(state, nowMs);
    default:
      return assertNever(state.peer);
  }
}

function gone(state: PeerState, nowMs: number, reason?: string): Step {
  if (!state.allowed || state.peer.kind === 'none') return [state, []];
  if (!state.socket) return [{ ...state, peer: { kind: 'none' } }, ['drop']];
  if (state.peer.kind === 'retrying') return [state, []];
  if (state.peer.kind !== 'requested') return request(state, nowMs, 0);
  const { attempt } = state.peer;
  const untilMs = nowMs + backoffMs(PEER_RETRY, attempt);
  const said = reason === undefined ? {} : { reason };
  return [{ ...state, peer: { kind: 'retrying', untilMs, attempt: attempt + 1, ...said } }, ['drop']];
}

function tick(state: PeerState, nowMs: number): Step {
  const dueAtMs = peerDueAtMs(state);
  if (dueAtMs === null || nowMs < dueAtMs) return [state, []];
  const { peer } = state;
  if (peer.kind === 'shaky') return repair(state, nowMs);
  if (peer.kind === 'requested') return request(state, nowMs, peer.attempt + 1);
  return peer.kind === 'retrying' ? request(state, nowMs, peer.attempt, peer.reason) : request(state, nowMs, 0);
}
