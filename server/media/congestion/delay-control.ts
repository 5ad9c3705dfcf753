import { LinkCapacity } from './link-capacity.js';
import type { PathUsage } from './trend-detector.js';

/** What is left of the rate that arrives, once a queue grows. */
export const DECREASE = 0.85;
const INCREASE_PER_SECOND = 1.08;
/** The rate may run ahead of what arrives by so much. */
const AHEAD = 1.5;
const AHEAD_BPS = 10_000;
const LEAST_INCREASE_BPS = 1_000;
const LEAST_RISE_BPS_PER_SECOND = 4_000;
const PACKET_BYTES = 1_200;
const FRAMES_PER_SECOND = 30;
const SHORTEST_REDUCTION_MS = 10;
const LONGEST_REDUCTION_MS = 200;
/** While the viewer is sent less than the path would carry, what arrives says little: it is reduced once a second at most. */
const LIMITED_REDUCTION_MS = 1_000;

export interface PathView {
  readonly usage: PathUsage;
  readonly acknowledgedBps: number | undefined;
  readonly roundTripMs: number;
  /** The application sends less than the estimate. */
  readonly applicationLimited: boolean;
}

/** [P] The rate that the delay allows: rises until a queue grows, then falls below what arrives (draft-ietf-rmcat-gcc-02 section 5.5). */
export class DelayControl {
  bitrateBps: number;
  readonly #capacity = new LinkCapacity();
  #mode: 'hold' | 'increase' = 'hold';
  #changedAtMs: number;
  #reducedAtMs = Number.NEGATIVE_INFINITY;

  constructor(startBps: number, nowMs: number) {
    this.bitrateBps = startBps;
    this.#changedAtMs = nowMs;
  }

  /** When the rate fell last. */
  get reducedAtMs(): number {
    return this.#reducedAtMs;
  }

  /** A probe has proven a higher rate. */
  jump(bitrateBps: number, nowMs: number): void {
    this.#capacity.forget();
    this.set(bitrateBps, nowMs);
  }

  /** Another source knows better. */
  set(bitrateBps: number, nowMs: number): void {
    this.bitrateBps = bitrateBps;
    this.#changedAtMs = nowMs;
  }

  update(view: PathView, nowMs: number): void {
    if (view.usage === 'overusing') this.#decrease(view, nowMs);
    else if (view.usage === 'underusing') this.#mode = 'hold';
    else if (this.#mode === 'hold') {
      this.#mode = 'increase';
      this.#changedAtMs = nowMs;
    } else this.#increase(view, nowMs);
  }

  #increase({ acknowledgedBps, roundTripMs, applicationLimited }: PathView, nowMs: number): void {
    const elapsedS = Math.min(1, (nowMs - this.#changedAtMs) / 1_000);
    this.#changedAtMs = nowMs;
    if (applicationLimited || acknowledgedBps === undefined) return;
    if (acknowledgedBps > this.#capacity.upperBps) this.#capacity.forget();
    const limitBps = AHEAD * acknowledgedBps + AHEAD_BPS;
    if (this.bitrateBps >= limitBps) return;
    const byBps =
      this.#capacity.bitrateBps === undefined
        ? Math.max(LEAST_INCREASE_BPS, this.bitrateBps * (INCREASE_PER_SECOND ** elapsedS - 1))
        : nearCapacityBpsPerSecond(this.bitrateBps, roundTripMs) * elapsedS;
    this.bitrateBps = Math.min(this.bitrateBps + byBps, limitBps);
  }

  #decrease({ acknowledgedBps = this.bitrateBps, roundTripMs, applicationLimited }: PathView, nowMs: number): void {
    const waitMs = applicationLimited
      ? LIMITED_REDUCTION_MS
      : Math.min(LONGEST_REDUCTION_MS, Math.max(SHORTEST_REDUCTION_MS, roundTripMs));
    if (nowMs - this.#reducedAtMs < waitMs && acknowledgedBps > this.bitrateBps / 2) return;
    const knownBps = this.#capacity.bitrateBps;
    let nextBps = DECREASE * acknowledgedBps;
    if (nextBps > this.bitrateBps && knownBps !== undefined) nextBps = DECREASE * knownBps;
    if (applicationLimited) nextBps = Math.max(nextBps, DECREASE * this.bitrateBps);
    if (acknowledgedBps < this.#capacity.lowerBps) this.#capacity.forget();
    if (!applicationLimited) this.#capacity.full(acknowledgedBps);
    this.bitrateBps = Math.min(this.bitrateBps, nextBps);
    this.#mode = 'hold';
    this.#changedAtMs = nowMs;
    this.#reducedAtMs = nowMs;
  }
}

/** About one packet more in a round trip. */
function nearCapacityBpsPerSecond(bitrateBps: number, roundTripMs: number): number {
  const frameBytes = bitrateBps / 8 / FRAMES_PER_SECOND;
  const packetBytes = frameBytes / Math.max(1, Math.ceil(frameBytes / PACKET_BYTES));
  return Math.max(LEAST_RISE_BPS_PER_SECOND, (packetBytes * 8 * 1_000) / (roundTripMs + 100));
}
