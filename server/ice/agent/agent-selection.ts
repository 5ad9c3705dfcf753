import type { IceState } from '../ice-types.js';
import { RESERVE_INTERVAL_MS } from './agent-checks.js';
import { type AgentEffect, type AgentState, currentGeneration, type Generation, type Pair } from './agent-state.js';

/** While a pair of higher priority may still become valid, nomination waits this long after the first valid one. */
export const NOMINATE_WAIT_MS = 50;
/** A path unanswered for so long gives way to a pair that is answered. */
export const FAILOVER_MS = 1000;
/** Silence on the path that is reported as `disconnected`. */
export const DISCONNECTED_MS = 4000;
/** Consent expires: nothing is sent any more (RFC 7675 section 5.1). */
export const CONSENT_MS = 30_000;
/**
 * Silence that is reported as `failed`. A peer lives through 30 s without network (SPEC.md IA10); the last sign of life can be one
 * consent interval older than the loss, and the repair needs a moment.
 */
export const FAILED_MS = 35_000;
/** Checks without any valid pair for so long: failed. */
export const CHECKING_LIMIT_MS = 15_000;
/** Nominations by the other side so close together are those of its first round, where the priority decides. */
const FIRST_ROUND_MS = 1000;

/** Decides anew on path, nomination and state after every input. */
export function evaluate(state: AgentState, nowMs: number): AgentEffect[] {
  const before = { selected: state.selected, nominated: currentGeneration(state).nominated };
  state.selected = select(state, nowMs);
  const { nominated } = currentGeneration(state);
  if (nominated !== before.nominated) checkSoon(nominated, nowMs);
  const effects: AgentEffect[] = [];
  if (state.selected !== before.selected) {
    checkSoon(state.selected, nowMs);
    effects.push({ kind: 'path', pair: state.selected });
  }
  effects.push(...endOldGenerations(state));
  if (state.selected) state.heardMs = state.selected.lastHeardMs;
  const status = statusOf(state, nowMs);
  if (status !== state.status) {
    state.status = status;
    state.statusSinceMs = nowMs;
    effects.push({ kind: 'state', state: status });
  }
  return effects;
}

/** When `evaluate` would decide otherwise without any input; Infinity if never. */
export function nextEvaluationMs(state: AgentState, nowMs: number): number {
  const deadlines = [nominationMs(currentGeneration(state))];
  if (state.status === 'checking') deadlines.push(state.statusSinceMs + CHECKING_LIMIT_MS);
  if (state.selected) {
    const { lastHeardMs, consentMs } = state.selected;
    deadlines.push(lastHeardMs + FAILOVER_MS, lastHeardMs + DISCONNECTED_MS, consentMs + CONSENT_MS);
  }
  if (state.heardMs !== undefined) deadlines.push(state.heardMs + FAILED_MS);
  return Math.min(...deadlines.filter((each) => each > nowMs), Number.POSITIVE_INFINITY);
}

function select(state: AgentState, nowMs: number): Pair | undefined {
  // The path of the old generation serves until the new one has its own.
  for (const generation of state.generations) {
    const valid = [...generation.pairs.values()].filter((pair) => isValid(pair, nowMs));
    if (valid.length === 0) continue;
    const path = state.selected && valid.includes(state.selected) ? state.selected : undefined;
    return state.controlling ? choose(generation, valid, path, nowMs) : follow(generation, valid, path, nowMs);
  }
  return undefined;
}

/** We control: the first valid pair is the path, the best one after a short wait is nominated, a clearly better one replaces it. */
function choose(generation: Generation, valid: readonly Pair[], path: Pair | undefined, nowMs: number): Pair {
  const best = bestOf(valid, nowMs);
  const nominated = generation.nominated;
  if (!nominated || !valid.includes(nominated)) {
    if (nowMs < nominationMs(generation)) return path ?? best;
    generation.nominated = best;
    return best;
  }
  const replaced = silent(nominated, nowMs) ? !silent(best, nowMs) : clearlyBetter(best, nominated);
  if (replaced) generation.nominated = best;
  return replaced ? best : nominated;
}

/** The other side controls: its newest nomination counts; before any, the first valid pair as long as it is heard. */
function follow(generation: Generation, valid: readonly Pair[], path: Pair | undefined, nowMs: number): Pair {
  const held = generation.nominated && valid.includes(generation.nominated) ? generation.nominated : undefined;
  const rivals = valid.filter((pair) => pair.nominatedByRemote && pair !== held && (!held || outdoes(pair, held, nowMs)));
  generation.nominated = rivals.length > 0 ? bestOf(rivals, nowMs) : held;
  if (generation.nominated) return generation.nominated;
  return path && !silent(path, nowMs) ? path : bestOf(valid, nowMs);
}

function outdoes(rival: Pair, held: Pair, nowMs: number): boolean {
  if (!held.nominatedByRemote) return true;
  const laterMs = rival.nominatedMs - held.nominatedMs;
  if (Math.abs(laterMs) > FIRST_ROUND_MS) return laterMs > 0;
  if (silent(held, nowMs) && !silent(rival, nowMs)) return true;
  return rival.priority > held.priority || (rival.priority === held.priority && laterMs > 0);
}

/** The highest priority among those that are heard, else among all; of equals the one heard last. */
function bestOf(pairs: readonly Pair[], nowMs: number): Pair {
  const heard = pairs.filter((pair) => !silent(pair, nowMs));
  const better = (a: Pair, b: Pair) => b.priority > a.priority || (b.priority === a.priority && b.lastHeardMs > a.lastHeardMs);
  return (heard.length > 0 ? heard : pairs).reduce((a, b) => (better(a, b) ? b : a));
}

/** A pair without an open check is only checked every few seconds, so its silence means less. */
function silent(pair: Pair, nowMs: number): boolean {
  const owing = pair.phase.kind === 'valid' && pair.phase.unanswered > 1;
  return nowMs - pair.lastHeardMs > (owing ? FAILOVER_MS : RESERVE_INTERVAL_MS * 1.2);
}

/** Another kind of path (direct before relayed, UDP before TCP), or less than half the round trip. */
function clearlyBetter(pair: Pair, than: Pair): boolean {
  if (pair === than) return false;
  if (kindOf(pair) !== kindOf(than)) return kindOf(pair) > kindOf(than);
  return pair.rttMs !== undefined && than.rttMs !== undefined && pair.rttMs * 2 + 10 < than.rttMs;
}

function kindOf(pair: Pair): number {
  const relayed = pair.base.candidate.type === 'relay' || pair.remote.type === 'relay';
  return (relayed ? 0 : 2) + (pair.base.candidate.transport === 'udp' ? 1 : 0);
}

function isValid(pair: Pair, nowMs: number): boolean {
  return pair.phase.kind === 'valid' && nowMs - pair.consentMs < CONSENT_MS;
}

/** When the best valid pair may be nominated: at once if nothing better is still being checked. */
function nominationMs(generation: Generation): number {
  if (generation.nominated || generation.firstValidMs === undefined) return Number.POSITIVE_INFINITY;
  const pairs = [...generation.pairs.values()];
  const best = pairs.reduce((top, pair) => (pair.phase.kind === 'valid' && pair.priority > top ? pair.priority : top), -1n);
  const open = pairs.some((pair) => pair.priority > best && (pair.phase.kind === 'waiting' || pair.phase.kind === 'checking'));
  return generation.firstValidMs + (open ? NOMINATE_WAIT_MS : 0);
}

/** A pair that was just chosen is checked at once: to notify the other side, and because it was timed as a reserve. */
function checkSoon(pair: Pair | undefined, nowMs: number): void {
  if (pair?.phase.kind === 'valid' && pair.phase.nextMs !== Number.POSITIVE_INFINITY)
    pair.phase = { ...pair.phase, nextMs: nowMs };
}

function endOldGenerations(state: AgentState): AgentEffect[] {
  const current = currentGeneration(state);
  if (state.generations.length === 1 || !current.nominated || state.selected !== current.nominated) return [];
  const ended = state.generations.slice(1).map((generation) => generation.local.ufrag);
  state.generations = [current];
  return ended.filter((ufrag) => ufrag !== current.local.ufrag).map((ufrag) => ({ kind: 'generation-ended', ufrag }));
}

function statusOf(state: AgentState, nowMs: number): IceState {
  const { selected, status, heardMs } = state;
  if (status === 'closed') return 'closed';
  if (selected && nowMs - selected.lastHeardMs < DISCONNECTED_MS) return 'connected';
  if (heardMs !== undefined) return status !== 'failed' && nowMs - heardMs < FAILED_MS ? 'disconnected' : 'failed';
  if (status === 'failed') return 'failed';
  if (status === 'checking') return nowMs - state.statusSinceMs >= CHECKING_LIMIT_MS ? 'failed' : 'checking';
  const { remote, pairs } = currentGeneration(state);
  return remote || pairs.size > 0 || status !== 'new' ? 'checking' : 'new';
}
