import type { GroupDelta } from './packet-groups.js';

/** What the delay says of the path: a queue grows, shrinks, or neither. */
export type PathUsage = 'normal' | 'overusing' | 'underusing';

const WINDOW_GROUPS = 20;
const SMOOTHING = 0.9;
const GAIN = 4;
const MOST_DELTAS = 60;
/** A queue must grow for so long, over more than one group, before it counts. */
const OVERUSE_MS = 10;
const START_THRESHOLD_MS = 12.5;
const LEAST_THRESHOLD_MS = 6;
const MOST_THRESHOLD_MS = 600;
const THRESHOLD_UP = 0.0087;
const THRESHOLD_DOWN = 0.039;
/** A trend this far above the threshold is an event of its own, which the threshold does not follow. */
const OUTLIER_MS = 15;
const LONGEST_STEP_MS = 100;
/** A path that delivers so unevenly hides what is smaller than this many times its unevenness. */
const UNEVEN_SHARE = 3;
const UNEVEN_SMOOTHING = 0.02;

interface Sample {
  readonly atMs: number;
  readonly delayMs: number;
}

/**
 * [P] Watches whether the delay of packet groups grows: the slope of a line through the last of them, against a threshold that
 * adapts to how uneven the path is (the trendline filter of libwebrtc; draft-ietf-rmcat-gcc-02 section 5.4 for the threshold).
 */
export class TrendDetector {
  usage: PathUsage = 'normal';
  #samples: Sample[] = [];
  #firstArrivalMs: number | undefined;
  #accumulatedMs = 0;
  #smoothedMs = 0;
  #deltas = 0;
  #trend = 0;
  #previousTrend = 0;
  #thresholdMs = START_THRESHOLD_MS;
  #thresholdAtMs: number | undefined;
  #meanDeltaMs = 0;
  #unevenMs = 0;
  #overusingMs: number | undefined;
  #overusingGroups = 0;

  /** How unevenly groups arrive: the mean deviation of the changes of their delay, ms. */
  get unevenMs(): number {
    return this.#unevenMs;
  }

  add({ sendMs, arrivalMs, arrivedAtMs }: GroupDelta): void {
    this.#deltas = Math.min(this.#deltas + 1, 1_000);
    this.#firstArrivalMs ??= arrivedAtMs;
    const deltaMs = arrivalMs - sendMs;
    this.#unevenMs += UNEVEN_SMOOTHING * (Math.abs(deltaMs - this.#meanDeltaMs) - this.#unevenMs);
    this.#meanDeltaMs += UNEVEN_SMOOTHING * (deltaMs - this.#meanDeltaMs);
    this.#accumulatedMs += deltaMs;
    this.#smoothedMs = SMOOTHING * this.#smoothedMs + (1 - SMOOTHING) * this.#accumulatedMs;
    this.#samples.push({ atMs: arrivedAtMs - this.#firstArrivalMs, delayMs: this.#smoothedMs });
    if (this.#samples.length > WINDOW_GROUPS) this.#samples.shift();
    if (this.#samples.length === WINDOW_GROUPS) this.#trend = slope(this.#samples) ?? this.#trend;
    this.#detect(sendMs, arrivedAtMs);
  }

  #detect(sendMs: number, nowMs: number): void {
    if (this.#deltas < 2) return;
    const trendMs = Math.min(this.#deltas, MOST_DELTAS) * this.#trend * GAIN;
    const thresholdMs = Math.max(this.#thresholdMs, UNEVEN_SHARE * this.#unevenMs);
    if (trendMs > thresholdMs) this.#noteGrowth(sendMs);
    else {
      this.#overusingMs = undefined;
      this.#overusingGroups = 0;
      this.usage = trendMs < -thresholdMs ? 'underusing' : 'normal';
    }
    this.#previousTrend = this.#trend;
    this.#adapt(Math.abs(trendMs), nowMs);
  }

  #noteGrowth(sendMs: number): void {
    this.#overusingMs = this.#overusingMs === undefined ? sendMs / 2 : this.#overusingMs + sendMs;
    this.#overusingGroups++;
    if (this.#overusingMs <= OVERUSE_MS || this.#overusingGroups <= 1 || this.#trend < this.#previousTrend) return;
    this.#overusingMs = 0;
    this.#overusingGroups = 0;
    this.usage = 'overusing';
  }

  #adapt(trendMs: number, nowMs: number): void {
    const elapsedMs = Math.min(nowMs - (this.#thresholdAtMs ?? nowMs), LONGEST_STEP_MS);
    this.#thresholdAtMs = nowMs;
    if (trendMs > this.#thresholdMs + OUTLIER_MS) return;
    const rate = trendMs < this.#thresholdMs ? THRESHOLD_DOWN : THRESHOLD_UP;
    const next = this.#thresholdMs + rate * (trendMs - this.#thresholdMs) * elapsedMs;
    this.#thresholdMs = Math.min(MOST_THRESHOLD_MS, Math.max(LEAST_THRESHOLD_MS, next));
  }
}

/** Of the line of least squares; undefined where all samples are of one moment. */
function slope(samples: readonly Sample[]): number | undefined {
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const meanDelay = samples.reduce((sum, { delayMs }) => sum + delayMs, 0) / samples.length;
  let above = 0;
  let below = 0;
  for (const { atMs, delayMs } of samples) {
    above += (atMs - meanAt) * (delayMs - meanDelay);
    below += (atMs - meanAt) ** 2;
  }
  return below === 0 ? undefined : above / below;
}
