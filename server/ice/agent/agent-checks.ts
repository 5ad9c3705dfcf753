import { candidatePriority } from '../candidates/candidate.js';
import { encodeStun } from '../stun/stun.js';
import type { AgentEffect, AgentState, Generation, Pair } from './agent-state.js';

/** Ta: first checks leave this far apart (RFC 8445 section 14.2 allows down to 5 ms). */
export const PACE_MS = 10;
/**
 * Waits after each unanswered check of a new pair; then it has failed. RFC 8445 section 14.3 wants an RTO of 500 ms; browsers
 * start far lower, since a lost first check would otherwise cost half a second of black picture.
 */
export const RETRY_MS = [100, 200, 400, 800, 1600, 3200, 3200] as const;
/** Interval of consent checks on the path in use; shorter than RFC 7675's 5 s, because silence must show within 4 s. */
export const CONSENT_INTERVAL_MS = 2000;
/** Interval of checks on valid pairs in reserve, so that a lost path is replaced at once. */
export const RESERVE_INTERVAL_MS = 5000;
/** Interval of unanswered checks of a pair that was valid. */
export const REPEAT_MS = 500;
/** The same once the path is lost: the picture must be back within a second of the network. */
export const PROBE_MS = 200;
/** A reserve pair fails after so many unanswered checks. */
export const RESERVE_MAX_UNANSWERED = 6;
/** A response that comes later is ignored (RFC 8489 section 6.2.1: 39.5 s at most). */
const TRANSACTION_LIFETIME_MS = 10_000;

/** Sends one check on `pair` and plans the next. The generation's remote credentials must be known. */
export function sendCheck(state: AgentState, pair: Pair, nowMs: number): AgentEffect[] {
  const { generation } = pair;
  if (!generation.remote) return [];
  const transactionId = state.env.transactionId();
  // Repeated on every later check of the nominated pair, so that a browser that lost the first one still learns of it.
  const useCandidate = state.controlling && generation.nominated === pair;
  const localPreference = Math.trunc(pair.base.candidate.priority / 256) % 65536;
  generation.transactions.set(transactionId.toString('latin1'), {
    pair,
    sentMs: nowMs,
    controlling: state.controlling,
    useCandidate,
  });
  forgetOldTransactions(generation, nowMs);
  pair.triggered = false;
  pair.phase = nextPhase(state, pair, nowMs);
  const bytes = encodeStun(
    {
      kind: 'request',
      method: 'binding',
      transactionId,
      attributes: {
        username: `${generation.remote.ufrag}:${generation.local.ufrag}`,
        priority: candidatePriority('prflx', pair.base.candidate.transport, localPreference, 1),
        ...(useCandidate ? { useCandidate } : {}),
        ...(state.controlling ? { iceControlling: state.tieBreaker } : { iceControlled: state.tieBreaker }),
      },
    },
    { key: Buffer.from(generation.remote.pwd), hmac: state.env.hmac },
  );
  return [{ kind: 'send', baseId: pair.base.id, to: { address: pair.remote.address, port: pair.remote.port }, bytes }];
}

/** Sends what is due now: triggered checks at once, repetitions, then at most one new pair per `PACE_MS`. */
export function sendDueChecks(state: AgentState, nowMs: number): AgentEffect[] {
  if (state.lite) return [];
  const effects: AgentEffect[] = [];
  let best: Pair | undefined;
  for (const generation of state.generations) {
    if (!generation.remote) continue;
    for (const pair of generation.pairs.values()) {
      if (pair.triggered) effects.push(...sendCheck(state, pair, nowMs));
      else if (pair.phase.kind === 'waiting') best = !best || pair.priority > best.priority ? pair : best;
      else if (pair.phase.kind !== 'failed' && pair.phase.nextMs <= nowMs) effects.push(...repeat(state, pair, nowMs));
    }
  }
  if (best && state.nextPacedMs <= nowMs) {
    state.nextPacedMs = nowMs + PACE_MS;
    effects.push(...sendCheck(state, best, nowMs));
  }
  return effects;
}

/** When the next check is due, Infinity if none is planned. */
export function nextCheckMs(state: AgentState): number {
  let next = Number.POSITIVE_INFINITY;
  if (state.lite) return next;
  for (const generation of state.generations) {
    if (!generation.remote) continue;
    for (const pair of generation.pairs.values()) {
      if (pair.triggered) return 0;
      if (pair.phase.kind === 'waiting') next = Math.min(next, state.nextPacedMs);
      else if (pair.phase.kind !== 'failed') next = Math.min(next, pair.phase.nextMs);
    }
  }
  return next;
}

/** The wait until a valid pair is checked again after an answer; 20% of randomness keeps many peers out of step (RFC 7675). */
export function keepAliveMs(state: AgentState, pair: Pair): number {
  const interval = pair === state.selected ? CONSENT_INTERVAL_MS : RESERVE_INTERVAL_MS;
  return interval * (0.9 + 0.2 * state.env.random());
}

function repeat(state: AgentState, pair: Pair, nowMs: number): AgentEffect[] {
  const { phase } = pair;
  const spent =
    (phase.kind === 'checking' && phase.attempt >= RETRY_MS.length) ||
    (phase.kind === 'valid' && phase.unanswered >= RESERVE_MAX_UNANSWERED && pair !== state.selected);
  if (!spent) return sendCheck(state, pair, nowMs);
  pair.phase = { kind: 'failed' };
  return [];
}

function nextPhase(state: AgentState, pair: Pair, nowMs: number): Pair['phase'] {
  const repeatMs = state.status === 'disconnected' ? PROBE_MS : REPEAT_MS;
  if (pair.phase.kind === 'valid') return { kind: 'valid', unanswered: pair.phase.unanswered + 1, nextMs: nowMs + repeatMs };
  const attempt = pair.phase.kind === 'checking' ? pair.phase.attempt : 0;
  const waitMs = RETRY_MS[attempt] ?? RETRY_MS[RETRY_MS.length - 1]!;
  // A peer that was connected before is checked at once when the network is back.
  const longestMs = state.heardMs === undefined ? Number.POSITIVE_INFINITY : repeatMs;
  return { kind: 'checking', attempt: attempt + 1, nextMs: nowMs + Math.min(waitMs, longestMs) };
}

/** A map keeps the order of insertion, so the oldest are in front. */
function forgetOldTransactions(generation: Generation, nowMs: number): void {
  for (const [id, { sentMs }] of generation.transactions) {
    if (nowMs - sentMs < TRANSACTION_LIFETIME_MS) return;
    generation.transactions.delete(id);
  }
}
