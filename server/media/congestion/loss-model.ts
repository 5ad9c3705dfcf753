/** What was sent and lost in one stretch of time. */
export interface LossObservation {
  readonly packets: number;
  readonly lost: number;
  readonly sendBps: number;
}

/** A guess at the path: it carries so much, and loses this share of packets whatever is sent. */
export interface LossCandidate {
  readonly bitrateBps: number;
  readonly inherentLoss: number;
}

/** An observation counts this much of the one after it. */
const AGEING = 0.9;
const LEAST_LOSS = 1e-6;
const LEAST_INHERENT_LOSS = 1e-3;
const NEWTON_STEP = 0.75;
/** The share that may be inherent: less of a fast path, since a fast path that loses much is full. */
const INHERENT_OFFSET = 0.05;
const INHERENT_BALANCE_BPS = 100_000;
/** Of two guesses that explain the losses alike the higher one wins, as long as the loss stays below the threshold. */
const HIGH_RATE_BIAS = 0.0002;
const HIGH_RATE_LOG_BIAS = 0.02;
const BIAS_LOSS = 0.15;
const BIAS_SMOOTHING = 0.002;

/** [P] The share of packets that were lost, newer ones counting more. */
export function averageLoss(observations: readonly LossObservation[]): number {
  let packets = 0;
  let lost = 0;
  for (const [weight, observation] of weighted(observations)) {
    packets += weight * observation.packets;
    lost += weight * observation.lost;
  }
  return packets === 0 ? 0 : lost / packets;
}

/** [P] The candidate with the inherent loss that explains the observations better: one step of Newton's method. */
export function fitted(candidate: LossCandidate, observations: readonly LossObservation[]): LossCandidate {
  const { bitrateBps } = candidate;
  let first = 0;
  let second = 0;
  for (const [weight, { packets, lost, sendBps }] of weighted(observations)) {
    const loss = lossOf(candidate, sendBps);
    const share = sendBps > bitrateBps ? bitrateBps / sendBps : 1;
    first += weight * (lost / loss - (packets - lost) / (1 - loss)) * share;
    second -= weight * (lost / loss ** 2 + (packets - lost) / (1 - loss) ** 2) * share ** 2;
  }
  const next = second === 0 ? candidate.inherentLoss : candidate.inherentLoss - (NEWTON_STEP * first) / second;
  return { bitrateBps, inherentLoss: boundedInherent(next, bitrateBps) };
}

/** [P] How well a candidate explains the observations: a likelihood with a liking for high rates. */
export function likelihood(candidate: LossCandidate, observations: readonly LossObservation[]): number {
  const bias = highRateBias(candidate.bitrateBps, averageLoss(observations));
  let sum = 0;
  for (const [weight, { packets, lost, sendBps }] of weighted(observations)) {
    const loss = lossOf(candidate, sendBps);
    sum += weight * (lost * Math.log(loss) + (packets - lost) * Math.log(1 - loss) + bias * packets);
  }
  return sum;
}

/** [P] Held between what is always possible and what a path of this rate may lose by itself. */
export function boundedInherent(inherentLoss: number, bitrateBps: number): number {
  const most = Math.min(1, INHERENT_OFFSET + INHERENT_BALANCE_BPS / bitrateBps);
  return Math.min(most, Math.max(LEAST_INHERENT_LOSS, inherentLoss));
}

/** What is sent above the path's rate is lost, beside what is lost anyway. */
function lossOf({ bitrateBps, inherentLoss }: LossCandidate, sendBps: number): number {
  const overflow = sendBps > bitrateBps ? ((1 - inherentLoss) * (sendBps - bitrateBps)) / sendBps : 0;
  return Math.min(1 - LEAST_LOSS, Math.max(LEAST_LOSS, inherentLoss + overflow));
}

function highRateBias(bitrateBps: number, loss: number): number {
  const liking = (BIAS_LOSS - loss) / (BIAS_SMOOTHING + Math.abs(BIAS_LOSS - loss));
  const kbps = bitrateBps / 1_000;
  return liking * (HIGH_RATE_BIAS * kbps + HIGH_RATE_LOG_BIAS * Math.log1p(kbps));
}

function* weighted(observations: readonly LossObservation[]): Generator<[number, LossObservation]> {
  const newest = observations.length - 1;
  for (const [i, observation] of observations.entries()) yield [AGEING ** (newest - i), observation];
}
