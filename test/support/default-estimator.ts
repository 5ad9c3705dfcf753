import type { EstimatorConfig } from '../../server/config/config.js';

/** The estimator as it is without configuration. */
export const DEFAULT_ESTIMATOR: EstimatorConfig = {
  enabled: true,
  passive: false,
  debug: false,
  initialBitrateBps: 1_000_000,
  readIntervalMs: 2_000,
  stableDurationMs: 12_000,
  unstableDurationMs: 6_000,
  stalledDurationMs: 24_000,
  downgradeBackoffMs: 10_000,
  upgradeBackoffMs: 5_000,
  diffThreshold: 0.15,
};
