import type { Probe } from './probe-results.js';

const FIRST_FACTORS = [3, 6] as const;
const NEXT_FACTOR = 2;
/** A probe that proved this share of its rate leaves room for a further one. */
const PROVEN = 0.7;
/** A viewer who is sent less than the path carries is probed seldom, one whose path is full more often: it waits for more. */
const IDLE_INTERVAL_MS = 5_000;
/** While idle probes find nothing, so that a still screen costs nothing, they come ever more seldom. */
const LONGEST_IDLE_INTERVAL_MS = 80_000;
/** A probe found something if it raised the estimate by this share. */
const FOUND = 1.05;
const FULL_INTERVAL_MS = 1_500;
/** No probe while a queue was seen to grow so lately. */
const CALM_MS = 1_000;
/** A probe is a burst of this length, long enough for the clocks of both sides, and for a path that delivers unevenly. */
const LEAST_PROBE_MS = 25;
const UNEVEN_SHARE = 4;
const MOST_PROBE_MS = 150;
const LEAST_PROBE_BYTES = 1_500;
/** A path that carries this share of what is useful need not be probed. */
const ENOUGH = 1.25;

export interface ProbeView {
  readonly estimateBps: number;
  /** The most that the viewer can make use of. */
  readonly usefulBps: number;
  readonly applicationLimited: boolean;
  /** When a queue was last seen to grow. */
  readonly overusedAtMs: number;
  /** How unevenly packets arrive. */
  readonly unevenMs: number;
}

/** [P] When to probe the path of one viewer, and how fast. */
export class ProbePlan {
  /** The first burst has the id 1. */
  #lastId = 1;
  #probedAtMs = Number.NEGATIVE_INFINITY;
  #hasBegun = false;
  #idleIntervalMs = IDLE_INTERVAL_MS;
  /** The estimate before the last probes. */
  #beforeBps = 0;

  /** The probes that are due, to be sent one after the other. */
  due(view: ProbeView, nowMs: number): Probe[] {
    const goalBps = ENOUGH * view.usefulBps;
    if (view.estimateBps >= goalBps || nowMs - view.overusedAtMs < CALM_MS) return [];
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return this.#probes(FIRST_FACTORS, view.estimateBps, goalBps, view.unevenMs, nowMs);
    }
    if (!view.applicationLimited) this.#idleIntervalMs = IDLE_INTERVAL_MS;
    if (nowMs - this.#probedAtMs < (view.applicationLimited ? this.#idleIntervalMs : FULL_INTERVAL_MS)) return [];
    const hasFound = view.estimateBps >= FOUND * this.#beforeBps;
    this.#idleIntervalMs = hasFound ? IDLE_INTERVAL_MS : Math.min(LONGEST_IDLE_INTERVAL_MS, 2 * this.#idleIntervalMs);
    this.#beforeBps = view.estimateBps;
    return this.#probes([NEXT_FACTOR], view.estimateBps, goalBps, view.unevenMs, nowMs);
  }

  /** The path changed: the first probes are due again. */
  restart(): void {
    this.#hasBegun = false;
    this.#idleIntervalMs = IDLE_INTERVAL_MS;
  }

  /** The further probe that a proven one leaves room for. */
  further(probe: Probe, provenBps: number, { usefulBps, unevenMs }: ProbeView, nowMs: number): Probe[] {
    const goalBps = ENOUGH * usefulBps;
    if (provenBps < PROVEN * probe.bitrateBps || provenBps >= goalBps) return [];
    return this.#probes([NEXT_FACTOR], provenBps, goalBps, unevenMs, nowMs);
  }

  #probes(factors: readonly number[], fromBps: number, goalBps: number, unevenMs: number, nowMs: number): Probe[] {
    this.#probedAtMs = nowMs;
    const lengthMs = Math.min(MOST_PROBE_MS, LEAST_PROBE_MS + UNEVEN_SHARE * unevenMs);
    const rates = new Set(factors.map((factor) => Math.min(factor * fromBps, goalBps)));
    return [...rates].map((bitrateBps) => {
      const bytes = Math.max(LEAST_PROBE_BYTES, (bitrateBps * lengthMs) / 8_000);
      return { id: ++this.#lastId, bitrateBps, bytes };
    });
  }
}
