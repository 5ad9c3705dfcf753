import type { TransportAddress } from '../address.js';
import type { Candidate } from '../candidates/candidate.js';
import { encodeStun, integrityHolds, type ReceivedStun, type StunMessage } from '../stun/stun.js';
import { keepAliveMs } from './agent-checks.js';
import { type AgentEffect, type AgentState, type Generation, obtainPair, type Pair, pairKey, switchRole } from './agent-state.js';

/** A nomination on a pair that was silent for so long is a new one: the other side came back to it. Browsers check every 2.5 s. */
const RENEWED_AFTER_MS = 5000;
const MAX_UNKNOWN_TOLD = 8;

/**
 * Answers a binding request (RFC 8445 section 7.3). Its integrity is made with our own password, so that it can be checked and
 * answered before the other side's credentials are known. Requests that fail the check get no answer: no reflection.
 */
export function onRequest(
  state: AgentState,
  baseId: string,
  from: TransportAddress,
  request: ReceivedStun,
  nowMs: number,
): AgentEffect[] {
  const base = state.bases.get(baseId);
  const [localUfrag, remoteUfrag] = request.attributes.username?.split(':') ?? [];
  const generation = state.generations.find((each) => each.local.ufrag === localUfrag);
  if (!base || !generation) return [];
  const key = Buffer.from(generation.local.pwd);
  if (!integrityHolds(request, key, state.env.hmac)) return [];
  const reply = (kind: 'success' | 'error', attributes: StunMessage['attributes']): AgentEffect => ({
    kind: 'send',
    baseId,
    to: from,
    bytes: encodeStun(
      { kind, method: 'binding', transactionId: request.transactionId, attributes },
      { key, hmac: state.env.hmac },
    ),
  });
  if (request.unknownRequired.length > 0) {
    const errorCode = { code: 420, reason: 'Unknown Attribute' };
    return [reply('error', { errorCode, unknownAttributes: request.unknownRequired.slice(0, MAX_UNKNOWN_TOLD) })];
  }
  if (settleRoles(state, request) === 'refuse') return [reply('error', { errorCode: { code: 487, reason: 'Role Conflict' } })];
  const answer = reply('success', { xorMappedAddress: from });
  // A request under other remote credentials belongs to a generation of which no description has come: answered, no more.
  if (generation.remote && remoteUfrag !== generation.remote.ufrag) return [answer];
  const remote = remoteFor(generation, base.candidate.transport, from, request, remoteUfrag);
  const pair = obtainPair(state, generation, base, remote);
  noteRequest(state, pair, request, nowMs);
  return [answer, { kind: 'verified', baseId, from }];
}

/** Takes the response to a check of ours (RFC 8445 section 7.2.5); anything that does not fit exactly is ignored. */
export function onResponse(
  state: AgentState,
  baseId: string,
  from: TransportAddress,
  response: ReceivedStun,
  nowMs: number,
): AgentEffect[] {
  const id = response.transactionId.toString('latin1');
  const generation = state.generations.find((each) => each.transactions.has(id));
  const transaction = generation?.transactions.get(id);
  if (!generation?.remote || !transaction) return [];
  const { pair } = transaction;
  // The answer must come from where the question went (section 7.2.5.2.1), and the pair must still be there.
  if (generation.pairs.get(pairKey(baseId, from.address, from.port)) !== pair) return [];
  if (!integrityHolds(response, Buffer.from(generation.remote.pwd), state.env.hmac)) return [];
  generation.transactions.delete(id);
  if (response.kind === 'error') {
    if (response.attributes.errorCode?.code === 487 && !state.lite) {
      if (state.controlling === transaction.controlling) switchRole(state, !transaction.controlling);
      pair.triggered = true;
    }
    return [];
  }
  const nominated = generation.nominated;
  // A new path has opened, perhaps because the other side has moved, so the old one is checked at once.
  if (pair.phase.kind !== 'valid' && nominated?.phase.kind === 'valid') nominated.phase = { ...nominated.phase, nextMs: nowMs };
  const sampleMs = nowMs - transaction.sentMs;
  pair.rttMs = pair.rttMs === undefined ? sampleMs : 0.75 * pair.rttMs + 0.25 * sampleMs;
  pair.verified = true;
  pair.lastHeardMs = nowMs;
  pair.consentMs = nowMs;
  pair.phase = { kind: 'valid', unanswered: 0, nextMs: nowMs + keepAliveMs(state, pair) };
  generation.firstValidMs ??= nowMs;
  return [{ kind: 'verified', baseId, from }];
}

/** RFC 8445 section 7.3.1.1. A lite agent never controls, whatever the numbers say. */
function settleRoles(state: AgentState, request: ReceivedStun): 'refuse' | 'settled' {
  const { iceControlling, iceControlled } = request.attributes;
  if (state.controlling && iceControlling !== undefined) {
    if (state.tieBreaker >= iceControlling) return 'refuse';
    switchRole(state, false);
  } else if (!state.controlling && iceControlled !== undefined) {
    if (state.lite || state.tieBreaker < iceControlled) return 'refuse';
    switchRole(state, true);
  }
  return 'settled';
}

function noteRequest(state: AgentState, pair: Pair, request: ReceivedStun, nowMs: number): void {
  const named = request.attributes.useCandidate === true && !state.controlling;
  if (named && (!pair.nominatedByRemote || nowMs - pair.lastHeardMs > RENEWED_AFTER_MS)) pair.nominatedMs = nowMs;
  pair.nominatedByRemote = named;
  pair.verified = true;
  pair.lastHeardMs = nowMs;
  if (state.lite) {
    pair.consentMs = nowMs;
    pair.phase = { kind: 'valid', unanswered: 0, nextMs: Number.POSITIVE_INFINITY };
    pair.generation.firstValidMs ??= nowMs;
  } else if (pair.phase.kind !== 'valid') {
    // Also one that had failed: the other side's check may just have opened the way.
    if (pair.phase.kind === 'failed') pair.phase = { kind: 'waiting' };
    pair.triggered = true;
  }
}

function remoteFor(
  generation: Generation,
  transport: 'udp' | 'tcp',
  from: TransportAddress,
  request: ReceivedStun,
  ufrag: string | undefined,
): Candidate {
  const known = generation.remoteCandidates.find(
    (candidate) => candidate.address === from.address && candidate.port === from.port && candidate.transport === transport,
  );
  return (
    known ?? {
      foundation: 'prflx',
      component: 1,
      transport,
      priority: request.attributes.priority ?? 0,
      address: from.address,
      port: from.port,
      type: 'prflx',
      ...(transport === 'tcp' ? { tcpType: 'active' as const } : {}),
      ...(ufrag ? { ufrag } : {}),
    }
  );
}
