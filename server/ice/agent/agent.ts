import { assertNever } from '../../lib/assert-never.js';
import { isLinkLocal, isUnicast } from '../address.js';
import type { Candidate } from '../candidates/candidate.js';
import type { RemoteIce } from '../ice-types.js';
import { nextCheckMs, sendDueChecks } from './agent-checks.js';
import { onRequest, onResponse } from './agent-requests.js';
import { evaluate, nextEvaluationMs } from './agent-selection.js';
import {
  type AgentEffect,
  type AgentInput,
  type AgentState,
  canPair,
  currentGeneration,
  type Generation,
  type LocalBase,
  MAX_REMOTE_CANDIDATES,
  newGeneration,
  obtainPair,
  pairKey,
  switchRole,
} from './agent-state.js';

/** While the path is silent, pairs that failed before are tried again this often: the network may be back. */
export const REVIVE_INTERVAL_MS = 200;

/** The ICE agent (SPEC.md IA1-IA20): takes one input, changes `state`, and returns the effects, in order. Pure. */
export function stepAgent(state: AgentState, input: AgentInput, nowMs: number): AgentEffect[] {
  if (isClosed(state)) return [];
  const effects = apply(state, input, nowMs);
  if (isClosed(state)) return effects;
  revive(state, nowMs);
  effects.push(...sendDueChecks(state, nowMs), ...evaluate(state, nowMs));
  // A pair that was nominated or chosen just now is checked at once.
  effects.push(...sendDueChecks(state, nowMs));
  return effects;
}

/** When `step` wants a tick at the latest; Infinity if it waits for input only. */
export function nextWakeMs(state: AgentState, nowMs: number): number {
  if (isClosed(state)) return Number.POSITIVE_INFINITY;
  const revival = state.status === 'disconnected' && !state.lite ? state.nextReviveMs : Number.POSITIVE_INFINITY;
  return Math.min(nextCheckMs(state), nextEvaluationMs(state, nowMs), revival);
}

/** Notes a datagram that is not STUN; returns false, and it must not be passed on, if its sender is not authenticated. */
export function noteTraffic(state: AgentState, baseId: string, address: string, port: number, nowMs: number): boolean {
  for (const generation of state.generations) {
    const pair = generation.pairs.get(pairKey(baseId, address, port));
    if (!pair?.verified) continue;
    pair.lastHeardMs = nowMs;
    return true;
  }
  return false;
}

function isClosed(state: AgentState): boolean {
  return state.status === 'closed';
}

function apply(state: AgentState, input: AgentInput, nowMs: number): AgentEffect[] {
  switch (input.kind) {
    case 'base':
      addBase(state, input.base);
      return [];
    case 'base-gone':
      removeBase(state, input.baseId);
      return [];
    case 'remote':
      setRemote(state, input.remote);
      return [];
    case 'remote-candidate':
      addRemoteCandidate(state, input.candidate);
      return [];
    case 'restart':
      return restart(state, newGeneration(input.local));
    case 'stun': {
      const { baseId, from, message } = input;
      if (message.method !== 'binding' || message.kind === 'indication') return [];
      return message.kind === 'request'
        ? onRequest(state, baseId, from, message, nowMs)
        : onResponse(state, baseId, from, message, nowMs);
    }
    case 'tick':
      return [];
    case 'close':
      state.status = 'closed';
      return [{ kind: 'state', state: 'closed' }];
    default:
      return assertNever(input);
  }
}

function addBase(state: AgentState, base: LocalBase): void {
  state.bases.set(base.id, base);
  for (const generation of state.generations) {
    for (const remote of generation.remoteCandidates) if (canPair(base, remote)) obtainPair(state, generation, base, remote);
  }
}

function removeBase(state: AgentState, baseId: string): void {
  state.bases.delete(baseId);
  for (const generation of state.generations) {
    for (const [key, pair] of generation.pairs) if (pair.base.id === baseId) generation.pairs.delete(key);
    if (generation.nominated?.base.id === baseId) generation.nominated = undefined;
  }
}

function setRemote(state: AgentState, remote: RemoteIce): void {
  const known = currentGeneration(state).remote;
  if (known?.ufrag === remote.ufrag && known.pwd === remote.pwd) return;
  // After a restart of ours, the old generation's credentials may come once more before the new ones.
  if (!known && state.generations[1]?.remote?.ufrag === remote.ufrag) return;
  // New credentials without a restart of ours: the other side has restarted, our own stay the same.
  if (known) restart(state, newGeneration(currentGeneration(state).local));
  const generation = currentGeneration(state);
  generation.remote = remote;
  if (remote.lite && !state.lite) switchRole(state, true);
  for (const [key, pair] of generation.pairs) {
    if (pair.remote.ufrag && pair.remote.ufrag !== remote.ufrag) generation.pairs.delete(key);
  }
  const early = state.early;
  state.early = [];
  for (const candidate of early) addRemoteCandidate(state, candidate);
}

/** A candidate goes to the generation that its ufrag names; without one to the newest; an unknown one waits. */
function addRemoteCandidate(state: AgentState, candidate: Candidate): void {
  if (!isUnicast(candidate.address) || isLinkLocal(candidate.address) || candidate.transport !== 'udp') return;
  const named = state.generations.find(({ remote }) => remote?.ufrag === candidate.ufrag);
  const newest = currentGeneration(state).remote ? currentGeneration(state) : undefined;
  const generation = candidate.ufrag ? named : newest;
  const list = generation?.remoteCandidates ?? state.early;
  const same = (each: Candidate) =>
    each.address === candidate.address && each.port === candidate.port && each.ufrag === candidate.ufrag;
  if (list.length >= MAX_REMOTE_CANDIDATES || list.some(same)) return;
  list.push(candidate);
  if (!generation) return;
  for (const base of state.bases.values()) if (canPair(base, candidate)) obtainPair(state, generation, base, candidate);
}

/** The new generation goes first; of the old ones only that with the path stays, until the new one has its own. */
function restart(state: AgentState, generation: Generation): AgentEffect[] {
  const kept = state.generations.filter((each) => each === state.selected?.generation);
  const ended = state.generations.filter((each) => !kept.includes(each) && each.local.ufrag !== generation.local.ufrag);
  state.generations = [generation, ...kept];
  if (!state.selected) {
    state.heardMs = undefined;
    if (state.status === 'failed') state.status = 'disconnected';
  }
  return ended.map((each) => ({ kind: 'generation-ended', ufrag: each.local.ufrag }));
}

function revive(state: AgentState, nowMs: number): void {
  if (state.status !== 'disconnected' || state.lite || nowMs < state.nextReviveMs) return;
  state.nextReviveMs = nowMs + REVIVE_INTERVAL_MS;
  for (const pair of currentGeneration(state).pairs.values()) {
    if (pair.phase.kind === 'failed') pair.phase = { kind: 'waiting' };
  }
}
