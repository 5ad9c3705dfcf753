import { averageLoss, boundedInherent, fitted, type LossCandidate, type LossObservation, likelihood } from './loss-model.js';

/** An observation is at least this long. */
const OBSERVATION_MS = 250;
const WINDOW_OBSERVATIONS = 20;
const FIRST_OBSERVATIONS = 3;
const START_INHERENT_LOSS = 0.01;
/** The rates that are tried beside the present one, as shares of it. */
const FACTORS = [1.02, 1, 0.95] as const;
/** Losses above this share bound the rate at once, the more the lower it should be. */
const INSTANT_OFFSET = 0.05;
const INSTANT_BALANCE_BPS = 75_000;
/** While losses hold the rate back it grows no faster, against what arrives. */
const RAMP_UP = 1.2;

export interface LossInput {
  readonly packets: number;
  readonly lost: number;
  readonly bytes: number;
  /** When the first and the last of them left. */
  readonly firstSentMs: number;
  readonly lastSentMs: number;
}

/**
 * [P] The rate that losses allow. It looks for the rate of the path, and its inherent loss, that explain what was lost best, so that
 * random losses of a radio cost little and those of a full queue much (after the loss-based estimator v2 of libwebrtc).
 */
export class LossControl {
  readonly #observations: LossObservation[] = [];
  #partial: LossInput | undefined;
  #best: LossCandidate | undefined;

  /** Undefined while losses do not hold the rate back. */
  bitrateBps: number | undefined;

  /** The share of packets lost lately. */
  get loss(): number {
    return averageLoss(this.#observations);
  }

  /** `delayBps` is what the delay allows, which is never exceeded. */
  update(input: LossInput, delayBps: number, acknowledgedBps: number | undefined): void {
    if (!this.#observe(input)) {
      // What the delay allows holds between two observations too.
      if (this.bitrateBps !== undefined && this.bitrateBps >= delayBps) this.bitrateBps = undefined;
      return;
    }
    const current = this.#best ?? { bitrateBps: delayBps, inherentLoss: START_INHERENT_LOSS };
    if (this.#observations.length < FIRST_OBSERVATIONS) {
      this.#best = { ...current, bitrateBps: delayBps };
      return;
    }
    const next = this.#choose(current, delayBps, acknowledgedBps);
    const isHeldBack = next.bitrateBps < delayBps;
    this.#best = isHeldBack ? next : { ...next, bitrateBps: delayBps };
    this.bitrateBps = isHeldBack ? next.bitrateBps : undefined;
  }

  /** A probe has shown that so much gets through. */
  proven(bitrateBps: number): void {
    if (this.#best === undefined || this.#best.bitrateBps >= bitrateBps) return;
    this.#best = { ...this.#best, bitrateBps };
    if (this.bitrateBps !== undefined) this.bitrateBps = Math.max(this.bitrateBps, bitrateBps);
  }

  #choose(current: LossCandidate, delayBps: number, acknowledgedBps: number | undefined): LossCandidate {
    const rates = FACTORS.map((factor) => factor * current.bitrateBps);
    if (acknowledgedBps !== undefined) rates.push(acknowledgedBps);
    if (delayBps > current.bitrateBps) rates.push(delayBps);
    let best = current;
    let most = Number.NEGATIVE_INFINITY;
    for (const bitrateBps of rates) {
      const inherentLoss = boundedInherent(current.inherentLoss, bitrateBps);
      const candidate = fitted({ bitrateBps, inherentLoss }, this.#observations);
      const score = likelihood(candidate, this.#observations);
      if (score > most) [best, most] = [candidate, score];
    }
    return { ...best, bitrateBps: this.#bounded(best, current, acknowledgedBps) };
  }

  #bounded(best: LossCandidate, current: LossCandidate, acknowledgedBps: number | undefined): number {
    const { loss } = this;
    let bitrateBps = best.bitrateBps;
    // More than the path loses by itself is lost: not the moment to rise.
    if (bitrateBps > current.bitrateBps && loss > best.inherentLoss) bitrateBps = current.bitrateBps;
    if (this.bitrateBps !== undefined && acknowledgedBps !== undefined && bitrateBps > current.bitrateBps)
      bitrateBps = Math.max(current.bitrateBps, Math.min(bitrateBps, RAMP_UP * acknowledgedBps));
    if (loss > INSTANT_OFFSET) bitrateBps = Math.min(bitrateBps, INSTANT_BALANCE_BPS / (loss - INSTANT_OFFSET));
    return bitrateBps;
  }

  /** Whether this ended an observation. */
  #observe(input: LossInput): boolean {
    if (input.packets === 0) return false;
    const partial = this.#partial;
    const sum =
      partial === undefined
        ? input
        : {
            packets: partial.packets + input.packets,
            lost: partial.lost + input.lost,
            bytes: partial.bytes + input.bytes,
            firstSentMs: Math.min(partial.firstSentMs, input.firstSentMs),
            lastSentMs: Math.max(partial.lastSentMs, input.lastSentMs),
          };
    const elapsedMs = sum.lastSentMs - sum.firstSentMs;
    if (elapsedMs < OBSERVATION_MS) {
      this.#partial = sum;
      return false;
    }
    this.#partial = undefined;
    this.#observations.push({ packets: sum.packets, lost: sum.lost, sendBps: (sum.bytes * 8_000) / elapsedMs });
    if (this.#observations.length > WINDOW_OBSERVATIONS) this.#observations.shift();
    return true;
  }
}
