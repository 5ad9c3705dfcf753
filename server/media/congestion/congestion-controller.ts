import type { SendFeedback } from '../media-engine.js';
import { AcknowledgedRate } from './acknowledged-rate.js';
import { DelayControl } from './delay-control.js';
import { LossControl } from './loss-control.js';
import { PacketGroups } from './packet-groups.js';
import { ProbePlan } from './probe-plan.js';
import { type Probe, ProbeResults } from './probe-results.js';
import { SentRate } from './sent-rate.js';
import { StandingQueue } from './standing-queue.js';
import { TrendDetector } from './trend-detector.js';

export interface CongestionLimits {
  readonly startBps: number;
  readonly minBps: number;
  readonly maxBps: number;
}

/** What leaves below this share of the estimate says nothing about the path's limit. */
const LIMITED_SHARE = 0.65;
/** After such a pause the delays of before say nothing. */
const PAUSE_MS = 2_000;
/** Feedback that is later than a round trip by this much is a sign of congestion by itself. */
const SILENCE_MS = 300;
const SILENCE_DECREASE = 0.8;
const START_ROUND_TRIP_MS = 100;
/** The first picture leaves as fast as it can: about so much of it says what the path carries. */
const FIRST_BURST: Probe = { id: 1, bitrateBps: 20_000_000, bytes: 12_000 };
/** A queue of this length would be drained with nothing sent at all. */
const DRAIN_MS = 400;
const LEAST_DRAIN_SHARE = 0.4;
/** Probes whose packets may still be on their way. */
const REMEMBERED_PROBES = 8;

/**
 * [P] How many bits per second the path to one viewer carries, from transport-wide feedback: the lesser of what the delay and the losses
 * allow, raised by probes (draft-ietf-rmcat-gcc-02 and what libwebrtc made of it). Rules: media/SPEC.md CC1-CC11.
 */
export class CongestionController {
  estimateBps: number;
  roundTripMs = START_ROUND_TRIP_MS;
  readonly #limits: CongestionLimits;
  readonly #groups = new PacketGroups();
  #trend = new TrendDetector();
  #queue = new StandingQueue();
  readonly #acknowledged = new AcknowledgedRate();
  readonly #delay: DelayControl;
  readonly #loss = new LossControl();
  readonly #results = new ProbeResults();
  readonly #plan = new ProbePlan();
  readonly #sent: SentRate;
  readonly #probes = new Map<number, Probe>();
  #due: Probe[] = [];
  #usefulBps: number;
  #heard = false;
  #arrivedAtMs = Number.NEGATIVE_INFINITY;
  #overusedAtMs = Number.NEGATIVE_INFINITY;
  /** Since when something is on its way of which no feedback has come. */
  #silentSinceMs: number | undefined;

  constructor(limits: CongestionLimits, nowMs: number) {
    this.#limits = limits;
    this.#usefulBps = limits.maxBps;
    this.estimateBps = limits.startBps;
    this.#delay = new DelayControl(limits.startBps, nowMs);
    this.#sent = new SentRate(nowMs);
    this.#probes.set(FIRST_BURST.id, FIRST_BURST);
  }

  /** The id of the probe that the first packets are, until feedback was heard. */
  get firstBurst(): number {
    return FIRST_BURST.id;
  }

  /** Whether the path carries all that the viewer can make use of, and no queue stands on it. */
  get isAmple(): boolean {
    return this.estimateBps >= this.#usefulBps && this.#queue.excessMs === 0;
  }

  /** The share of packets lost lately, 0 to 1. */
  get loss(): number {
    return this.#loss.loss;
  }

  /** What the queue on the path adds to every packet, ms. */
  get queueMs(): number {
    return this.#queue.delayMs;
  }

  sentBps(nowMs: number): number {
    return this.#sent.bitrateBps(nowMs);
  }

  /** The most that the viewer can make use of, bit/s: no probe looks for more. */
  setUseful(bitrateBps: number): void {
    this.#usefulBps = Math.min(bitrateBps, this.#limits.maxBps);
  }

  /** A datagram left. */
  noteSent(bytes: number, nowMs: number): void {
    this.#sent.add(bytes, nowMs);
    this.#silentSinceMs ??= nowMs;
  }

  /** Packets go another way from now on: its delays are others, and it may carry more. */
  pathChanged(): void {
    this.#forgetDelays();
    this.#plan.restart();
    this.#silentSinceMs = undefined;
  }

  /** One transport-wide feedback. */
  feedback(feedback: SendFeedback, nowMs: number): void {
    if (feedback.count === 0) return;
    this.#heard = true;
    this.#silentSinceMs = undefined;
    const limited = this.#isApplicationLimited(nowMs);
    if (nowMs - this.#arrivedAtMs > PAUSE_MS) this.#forgetDelays();
    const provenBps = this.#read(feedback, limited, nowMs);
    const warned = this.#queue.takeWarning();
    const acknowledgedBps = this.#acknowledgedBps(warned);
    const usage = warned ? 'overusing' : this.#trend.usage;
    if (usage === 'overusing') this.#overusedAtMs = nowMs;
    // While a queue stands, what arrives is what the path carries, however little is sent.
    const applicationLimited = limited && !warned;
    this.#delay.update({ usage, acknowledgedBps, roundTripMs: this.roundTripMs, applicationLimited }, nowMs);
    if (!warned && provenBps > this.#delay.bitrateBps) this.#jump(provenBps, nowMs);
    this.#bound(nowMs);
    this.#loss.update(lossOf(feedback), this.#delay.bitrateBps, acknowledgedBps);
    this.#decide();
  }

  /** Time passes; to be called every 50 ms or so. */
  tick(nowMs: number): void {
    const since = this.#silentSinceMs;
    if (!this.#heard || since === undefined || nowMs - since < this.roundTripMs + SILENCE_MS) return;
    this.#silentSinceMs = nowMs - this.roundTripMs;
    this.#overusedAtMs = nowMs;
    this.#delay.set(this.#delay.bitrateBps * SILENCE_DECREASE, nowMs);
    this.#bound(nowMs);
    this.#decide();
  }

  /** The probes to send now, one after the other; each is handed out once. */
  takeProbes(nowMs: number): Probe[] {
    if (!this.#heard) return [];
    const probes = this.#due.length > 0 ? this.#due : this.#plan.due(this.#view(nowMs), nowMs);
    this.#due = [];
    for (const probe of probes) this.#probes.set(probe.id, probe);
    for (const id of this.#probes.keys()) if (this.#probes.size > REMEMBERED_PROBES) this.#probes.delete(id);
    return probes;
  }

  /** Reads the packets that arrived; the highest rate that a probe among them proves, 0 for none. */
  #read({ count, sentAtMs, receivedAtMs, bytes, probe }: SendFeedback, limited: boolean, nowMs: number): number {
    let provenBps = 0;
    for (let i = 0; i < count; i++) {
      const arrivedMs = receivedAtMs[i]!;
      if (Number.isNaN(arrivedMs)) continue;
      this.#arrivedAtMs = nowMs;
      this.#acknowledged.add(arrivedMs, bytes[i]!, limited);
      this.#queue.add(sentAtMs[i]!, arrivedMs, bytes[i]!);
      const delta = this.#groups.add(sentAtMs[i]!, arrivedMs);
      if (delta !== undefined) this.#trend.add(delta);
      const sentAs = this.#probes.get(probe[i]!);
      if (sentAs === undefined) continue;
      const resultBps = this.#results.add(sentAs, sentAtMs[i]!, arrivedMs, bytes[i]!);
      if (resultBps === undefined) continue;
      this.#probes.delete(sentAs.id);
      this.#due.push(...this.#plan.further(sentAs, resultBps, this.#view(nowMs), nowMs));
      provenBps = Math.max(provenBps, resultBps);
    }
    return provenBps;
  }

  /** While a queue grows fast, what arrives at the moment is what the path carries; the smoothed rate is still that of before. */
  #acknowledgedBps(warned: boolean): number | undefined {
    const smoothedBps = this.#acknowledged.bitrateBps;
    return (warned ? this.#queue.arrivingBps : undefined) ?? smoothedBps;
  }

  /** A probe has shown that more gets through than was thought; what was measured at the rate of before says nothing of it. */
  #jump(provenBps: number, nowMs: number): void {
    this.#delay.jump(provenBps, nowMs);
    this.#loss.proven(provenBps);
    this.#acknowledged.restart();
    this.#groups.reset();
    this.#trend = new TrendDetector();
  }

  #view(nowMs: number) {
    return {
      estimateBps: this.estimateBps,
      usefulBps: this.#usefulBps,
      applicationLimited: this.#isApplicationLimited(nowMs),
      overusedAtMs: this.#overusedAtMs,
      unevenMs: this.#trend.unevenMs,
    };
  }

  #isApplicationLimited(nowMs: number): boolean {
    return this.#sent.bitrateBps(nowMs) < LIMITED_SHARE * this.estimateBps;
  }

  #forgetDelays(): void {
    this.#groups.reset();
    this.#trend = new TrendDetector();
    this.#queue = new StandingQueue();
  }

  #bound(nowMs: number): void {
    const { minBps, maxBps } = this.#limits;
    const bounded = Math.min(maxBps, Math.max(minBps, this.#delay.bitrateBps));
    if (bounded !== this.#delay.bitrateBps) this.#delay.set(bounded, nowMs);
  }

  #decide(): void {
    const allowedBps = Math.min(this.#delay.bitrateBps, this.#loss.bitrateBps ?? Number.POSITIVE_INFINITY);
    this.estimateBps = Math.max(this.#limits.minBps, allowedBps * drainShare(this.#queue.excessMs));
  }
}

/** A queue that stands drains in about its own length: so much of the path is left to it. */
function drainShare(excessMs: number): number {
  return Math.max(LEAST_DRAIN_SHARE, 1 - excessMs / DRAIN_MS);
}

function lossOf({ count, sentAtMs, receivedAtMs, bytes }: SendFeedback) {
  let lost = 0;
  let sum = 0;
  let firstSentMs = Number.POSITIVE_INFINITY;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(receivedAtMs[i]!)) lost++;
    sum += bytes[i]!;
    firstSentMs = Math.min(firstSentMs, sentAtMs[i]!);
    lastSentMs = Math.max(lastSentMs, sentAtMs[i]!);
  }
  return { packets: count, lost, bytes: sum, firstSentMs, lastSentMs };
}
