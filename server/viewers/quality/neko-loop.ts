import type { EstimatorConfig } from '../../config/config.js';
import { Trend } from './trend.js';

/** What neko's settings are where nobody wrote them: then our own choice of rungs decides. */
const UNWRITTEN = {
  readIntervalMs: 2_000,
  stableDurationMs: 12_000,
  unstableDurationMs: 6_000,
  stalledDurationMs: 24_000,
  downgradeBackoffMs: 10_000,
  upgradeBackoffMs: 5_000,
  diffThreshold: 0.15,
} as const satisfies Partial<EstimatorConfig>;

/** Whether one of the settings of neko's decision loop was written: whoever tunes the loop gets the loop. */
export function wantsNekoLoop(config: EstimatorConfig): boolean {
  return Object.entries(UNWRITTEN).some(([name, value]) =>
    Object.entries(config).some(([key, own]) => key === name && own !== value),
  );
}

/** What the loop decided, and why where it left things as they are. */
export type LoopDecision =
  | { readonly kind: 'lower' | 'higher' }
  | { readonly kind: 'stay'; readonly because: 'too soon' | 'not long enough' | 'headroom' | 'no headroom' };

/** [P] neko's decision loop for one viewer, in equal units: bits per second against bits per second. */
export class NekoLoop {
  readonly #config: EstimatorConfig;
  readonly #trend = new Trend();
  #stableSinceMs: number;
  #unstableSinceMs = Number.NEGATIVE_INFINITY;
  #stalledSinceMs = Number.NEGATIVE_INFINITY;
  #upgradedAtMs = Number.NEGATIVE_INFINITY;
  #downgradedAtMs = Number.NEGATIVE_INFINITY;

  constructor(config: EstimatorConfig, nowMs: number) {
    this.#config = config;
    this.#stableSinceMs = nowMs;
  }

  /** One tick, of which there is one every `read_interval`; `measuredBps` is what the stream takes now. */
  tick(estimateBps: number, measuredBps: number, nowMs: number): LoopDecision {
    const { diffThreshold, stalledDurationMs } = this.#config;
    this.#trend.add(estimateBps);
    const { direction } = this.#trend;
    const headroom = 1 + diffThreshold;
    const ratio = estimateBps / measuredBps;
    if (direction !== 'neutral' || ratio > headroom) this.#stalledSinceMs = nowMs;
    const isStalled = direction === 'neutral' && nowMs - this.#stalledSinceMs > stalledDurationMs;
    return direction === 'downward' || isStalled ? this.#congested(ratio, nowMs) : this.#calm(ratio, nowMs);
  }

  #congested(ratio: number, nowMs: number): LoopDecision {
    const { downgradeBackoffMs, unstableDurationMs, diffThreshold } = this.#config;
    this.#stableSinceMs = nowMs;
    if (nowMs - this.#downgradedAtMs < downgradeBackoffMs) return { kind: 'stay', because: 'too soon' };
    if (nowMs - this.#unstableSinceMs < unstableDurationMs) return { kind: 'stay', because: 'not long enough' };
    if (diffThreshold >= 0 && ratio > 1 + diffThreshold) return { kind: 'stay', because: 'headroom' };
    this.#downgradedAtMs = nowMs;
    return { kind: 'lower' };
  }

  #calm(ratio: number, nowMs: number): LoopDecision {
    const { upgradeBackoffMs, stableDurationMs, diffThreshold } = this.#config;
    this.#unstableSinceMs = nowMs;
    if (nowMs - this.#upgradedAtMs < upgradeBackoffMs) return { kind: 'stay', because: 'too soon' };
    if (nowMs - this.#stableSinceMs < stableDurationMs) return { kind: 'stay', because: 'not long enough' };
    if (diffThreshold >= 0 && ratio < 1 + diffThreshold) return { kind: 'stay', because: 'no headroom' };
    this.#upgradedAtMs = nowMs;
    return { kind: 'higher' };
  }
}
