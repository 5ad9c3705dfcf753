import { AgingMap } from '../lib/aging-map.js';
import type { Limit } from '../lib/limits.js';
import { type Rate, TokenBucket } from '../lib/token-bucket.js';
import { EVENT_LIMITS, SOCKET_LIMITS } from './limits.js';
import { LogLimiter } from './log-limiter.js';

/** What a session's messages are counted as. */
export type EventKind = keyof typeof EVENT_LIMITS;

/** Whoever floods us is worth a line now and then. */
const SAID_EVERY_MS = 10_000;

interface Allowance {
  readonly kinds: ReadonlyMap<EventKind, TokenBucket>;
  readonly connects: TokenBucket;
  readonly traffic: TokenBucket;
  readonly said: LogLimiter;
}

/** [P] How much each session may still send, whichever sockets and data channels it uses; time is an argument. */
export class SessionRates {
  readonly #sessions = new AgingMap(allowance, isUnused);
  readonly #addresses = new AgingMap(
    (nowMs) => new TokenBucket(rateOf(SOCKET_LIMITS.attempts), nowMs),
    (attempts, nowMs) => attempts.isFull(nowMs),
  );

  /** Whether somebody from there (an address, or the network that one user has) may open a socket. */
  mayTry(throttleKey: string, nowMs: number): boolean {
    return this.#addresses.of(throttleKey, nowMs).take(nowMs);
  }

  mayConnect(sessionId: string, nowMs: number): boolean {
    return this.#sessions.of(sessionId, nowMs).connects.take(nowMs);
  }

  /** Whether the session may do one more of a kind, or `cost` more. */
  take(sessionId: string, kind: EventKind, nowMs: number, cost = 1): boolean {
    return this.#sessions.of(sessionId, nowMs).kinds.get(kind)?.take(nowMs, cost) ?? false;
  }

  /** How long until the session may do one more of a kind, ms. */
  untilNextMs(sessionId: string, kind: EventKind, nowMs: number): number {
    return this.#sessions.of(sessionId, nowMs).kinds.get(kind)?.untilNextMs(nowMs) ?? 0;
  }

  /** Counts what came in; answers for how long nothing more is to be read, ms. */
  received(sessionId: string, bytes: number, nowMs: number): number {
    return this.#sessions.of(sessionId, nowMs).traffic.owe(nowMs, bytes);
  }

  /** How many droppings were not told since the last that was, or null when this one is not to be told either. */
  tellDropped(sessionId: string, nowMs: number): number | null {
    return this.#sessions.of(sessionId, nowMs).said.pass(nowMs);
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
    kinds: new Map(KINDS.map((kind) => [kind, new TokenBucket(rateOf(EVENT_LIMITS[kind]), nowMs)])),
    connects: new TokenBucket(rateOf(SOCKET_LIMITS.connects), nowMs),
    traffic: new TokenBucket(rateOf(SOCKET_LIMITS.traffic), nowMs),
    said: new LogLimiter(1, SAID_EVERY_MS),
  };
}

function isUnused({ kinds, connects, traffic }: Allowance, nowMs: number): boolean {
  return [...kinds.values(), connects, traffic].every((bucket) => bucket.isFull(nowMs));
}

function rateOf({ value, burst }: Limit & { readonly burst: number }): Rate {
  return { perSecond: value, burst };
}
