import { AgingMap } from '../lib/bounds/aging-map.js';
import type { Limit } from '../lib/bounds/limits.js';
import { type Rate, TokenBucket } from '../lib/bounds/token-bucket.js';
import { EVENT_LIMITS, SOCKET_LIMITS } from './limits.js';
import { LogLimiter } from './log-limiter.js';
import { SessionShare } from './session-share.js';

/** The kinds of events that are counted apart. */
export type EventKind = keyof typeof EVENT_LIMITS;

/** Log lines about sessions that send too much. */
const SAID_EVERY_MS = 10_000;

interface Allowance {
  readonly kinds: ReadonlyMap<EventKind, SessionShare>;
  readonly connects: TokenBucket;
  readonly traffic: SessionShare;
  readonly said: LogLimiter;
}

/** The allowance that all sessions of one network share. */
interface Shared {
  readonly kinds: ReadonlyMap<EventKind, TokenBucket>;
  readonly traffic: TokenBucket;
}

/** [P] How much each session may still send, whichever sockets and data channels it uses; time is an argument. */
export class SessionRates {
  readonly #networks = new AgingMap(shared, ({ kinds, traffic }, nowMs) => areFull([...kinds.values(), traffic], nowMs));
  readonly #sessions = new AgingMap(allowance, isUnused);
  readonly #addresses = new AgingMap(
    (nowMs) => new TokenBucket(rateOf(SOCKET_LIMITS.attempts), nowMs),
    (attempts, nowMs) => attempts.isFull(nowMs),
  );

  /** `networkOf`: the network of a session; null where it shares with no other. */
  constructor(private readonly networkOf: (sessionId: string) => string | null) {}

  /** Whether a client of that network may open a socket. */
  mayTry(throttleKey: string, nowMs: number): boolean {
    return this.#addresses.of(throttleKey, nowMs).take(nowMs);
  }

  mayConnect(sessionId: string, nowMs: number): boolean {
    return this.#sessions.of(sessionId, nowMs).connects.take(nowMs);
  }

  /** Whether the session may do one more of a kind, or `cost` more. */
  take(sessionId: string, kind: EventKind, nowMs: number, cost = 1): boolean {
    const shared = this.#sharedBy(sessionId, nowMs)?.kinds.get(kind) ?? null;
    return this.#sessions.of(sessionId, nowMs).kinds.get(kind)?.take(shared, nowMs, cost) ?? false;
  }

  /** How long until the session may do one more of a kind, ms. */
  untilNextMs(sessionId: string, kind: EventKind, nowMs: number): number {
    const shared = this.#sharedBy(sessionId, nowMs)?.kinds.get(kind) ?? null;
    return this.#sessions.of(sessionId, nowMs).kinds.get(kind)?.untilNextMs(shared, nowMs) ?? 0;
  }

  /** Counts received bytes; returns for how long to stop reading, ms. */
  received(sessionId: string, bytes: number, nowMs: number): number {
    const shared = this.#sharedBy(sessionId, nowMs)?.traffic ?? null;
    return this.#sessions.of(sessionId, nowMs).traffic.owe(shared, nowMs, bytes);
  }

  /** How many drops went unlogged since the last log line, or null when this one is not to be logged either. */
  unloggedDrops(sessionId: string, nowMs: number): number | null {
    return this.#sessions.of(sessionId, nowMs).said.pass(nowMs);
  }

  #sharedBy(sessionId: string, nowMs: number): Shared | null {
    const network = this.networkOf(sessionId);
    return network === null ? null : this.#networks.of(network, nowMs);
  }
}

/** What an event is counted as. */
export function kindOf(event: string): EventKind {
  if (event === 'clipboard/set' || event === 'control/paste') return 'clipboard';
  if (event === 'screen/set' || event === 'keyboard/map') return 'desktop';
  if (event === 'keyboard/modifiers' || event.startsWith('control/')) return 'input';
  if (event === 'signal/request') return 'request';
  if (event.startsWith('signal/')) return 'signal';
  if (event.startsWith('send/')) return 'send';
  return event.startsWith('doctor/') ? 'doctor' : 'other';
}

const KINDS = Object.keys(EVENT_LIMITS).filter((kind): kind is EventKind => Object.hasOwn(EVENT_LIMITS, kind));

function allowance(nowMs: number): Allowance {
  return {
    kinds: new Map(KINDS.map((kind) => [kind, shareOf(EVENT_LIMITS[kind], nowMs)])),
    connects: new TokenBucket(rateOf(SOCKET_LIMITS.connects), nowMs),
    traffic: shareOf(SOCKET_LIMITS.traffic, nowMs),
    said: new LogLimiter(1, SAID_EVERY_MS),
  };
}

function shared(nowMs: number): Shared {
  const bucket = (limit: RateLimit) => new TokenBucket(times(limit, SOCKET_LIMITS.sharedEvents.value), nowMs);
  return { kinds: new Map(KINDS.map((kind) => [kind, bucket(EVENT_LIMITS[kind])])), traffic: bucket(SOCKET_LIMITS.traffic) };
}

function shareOf(limit: RateLimit, nowMs: number): SessionShare {
  const { perSecond, burst } = times(limit, 1 / SOCKET_LIMITS.ownEvents.value);
  return new SessionShare(rateOf(limit), { perSecond, burst: Math.max(1, burst) }, nowMs);
}

function isUnused({ kinds, connects, traffic }: Allowance, nowMs: number): boolean {
  return areFull([...kinds.values(), connects, traffic], nowMs);
}

function areFull(buckets: readonly (TokenBucket | SessionShare)[], nowMs: number): boolean {
  return buckets.every((bucket) => bucket.isFull(nowMs));
}

type RateLimit = Limit & { readonly burst: number };

function times({ value, burst }: RateLimit, by: number): Rate {
  return { perSecond: value * by, burst: burst * by };
}

function rateOf(limit: RateLimit): Rate {
  return times(limit, 1);
}
