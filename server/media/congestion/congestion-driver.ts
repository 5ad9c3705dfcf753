import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { PeerSender, SendFeedback } from '../media-engine.js';
import { CongestionController } from './congestion-controller.js';
import type { Probe } from './probe-results.js';

export interface CongestionDriverOptions {
  readonly sender: Pick<PeerSender, 'stats' | 'setBudget' | 'setPacingRate' | 'sendPadding' | 'markProbe'>;
  /** What is taken for the path's rate before anything was heard of it, bit/s. */
  readonly startBps: number;
  /** The estimate has changed by 2 % or more, bit/s; not more often than every 50 ms. */
  readonly onEstimate: (estimateBps: number) => void;
  readonly clock: Clock;
}

/** A budget of less would let no video leave at all (media/SPEC.md EG6). */
const LEAST_BPS = 60_000;
/** neko's limit. */
const MOST_BPS = 50_000_000;
/** What may leave beyond the estimate: a frame that is larger than others, and its repair. */
export const BUDGET_SHARE = 1.2;
/** How much faster than the estimate a burst leaves, so that frames are not late by pacing. */
const PACING_SHARE = 2.5;
/** A path that carries all that the viewer can make use of takes a frame at once. */
const AMPLE_PACING_BPS = 200_000_000;
const TICK_MS = 100;
/** A probe leaves in steps of this, so that it has a rate and not only a size. */
const PROBE_STEP_MS = 5;
/** The first picture is that large, or sound that long. */
const ENOUGH_BYTES = 10_000;
const REPORT_MS = 50;
const REPORT_SHARE = 0.02;

/**
 * Applies congestion control to what one viewer is sent: feedback goes in; budget, pacing and probes come out. Until feedback was heard
 * nothing is held back, so that the first picture is not late; its packets are the first probe.
 */
export class CongestionDriver {
  readonly #options: CongestionDriverOptions;
  readonly #controller: CongestionController;
  readonly #probes: Probe[] = [];
  #timer: Dispose;
  #probeTimer: Dispose | undefined;
  #bytesSent: number;
  #heard = false;
  #heardBytes = 0;
  #reportedBps: number;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CongestionDriverOptions) {
    const { sender, startBps, clock } = options;
    this.#options = options;
    this.#controller = new CongestionController({ startBps, minBps: LEAST_BPS, maxBps: MOST_BPS }, clock.nowMs());
    this.#reportedBps = startBps;
    this.#bytesSent = sender.stats.bytesSent;
    sender.markProbe(this.#controller.firstBurst);
    this.#timer = clock.after(TICK_MS, () => this.#tick());
  }

  /** Undefined until enough was heard to know anything. */
  get estimateBps(): number | undefined {
    return this.#heard ? this.#controller.estimateBps : undefined;
  }

  /** The most that the viewer can make use of, bit/s. */
  setUseful(bitrateBps: number): void {
    this.#controller.setUseful(bitrateBps);
  }

  roundTrip(roundTripMs: number): void {
    this.#controller.roundTripMs = roundTripMs;
  }

  pathChanged(): void {
    this.#controller.pathChanged();
  }

  feedback(feedback: SendFeedback): void {
    const nowMs = this.#options.clock.nowMs();
    this.#noteSent(nowMs);
    this.#controller.feedback(feedback, nowMs);
    if (!this.#heard) this.#hear(feedback);
    this.#apply(nowMs);
  }

  /** A few packets of sound, which may come before the first picture, say nothing. */
  #hear({ count, receivedAtMs, bytes }: SendFeedback): void {
    for (let i = 0; i < count; i++) if (!Number.isNaN(receivedAtMs[i]!)) this.#heardBytes += bytes[i]!;
    if (this.#heardBytes < ENOUGH_BYTES) return;
    this.#heard = true;
    this.#options.sender.markProbe(0);
  }

  close(): void {
    this.#timer();
    this.#probeTimer?.();
  }

  #tick(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#noteSent(nowMs);
    this.#controller.tick(nowMs);
    this.#apply(nowMs);
    this.#timer = clock.after(TICK_MS, () => this.#tick());
  }

  #noteSent(nowMs: number): void {
    const { bytesSent } = this.#options.sender.stats;
    if (bytesSent > this.#bytesSent) this.#controller.noteSent(bytesSent - this.#bytesSent, nowMs);
    this.#bytesSent = bytesSent;
  }

  #apply(nowMs: number): void {
    if (!this.#heard) return;
    const { sender } = this.#options;
    const { estimateBps } = this.#controller;
    sender.setBudget(BUDGET_SHARE * estimateBps);
    sender.setPacingRate(this.#controller.isAmple ? AMPLE_PACING_BPS : PACING_SHARE * estimateBps);
    this.#report(estimateBps, nowMs);
    this.#probes.push(...this.#controller.takeProbes(nowMs));
    if (this.#probes.length > 0 && this.#probeTimer === undefined) this.#sendProbe();
  }

  #report(estimateBps: number, nowMs: number): void {
    const isNews = Math.abs(estimateBps - this.#reportedBps) >= REPORT_SHARE * this.#reportedBps;
    if (!isNews || nowMs - this.#reportedAtMs < REPORT_MS) return;
    this.#reportedBps = estimateBps;
    this.#reportedAtMs = nowMs;
    this.#options.onEstimate(estimateBps);
  }

  /** Sends the first probe that waits, step by step; everything that leaves meanwhile is part of it. */
  #sendProbe(): void {
    const { sender, clock } = this.#options;
    const probe = this.#probes.shift();
    sender.markProbe(probe?.id ?? 0);
    if (probe === undefined) {
      this.#probeTimer = undefined;
      return;
    }
    const startedMs = clock.nowMs();
    let sentBytes = 0;
    const step = () => {
      const dueBytes = (probe.bitrateBps / 8_000) * (clock.nowMs() - startedMs + PROBE_STEP_MS);
      const sliceBytes = Math.max(0, Math.ceil(Math.min(probe.bytes, dueBytes) - sentBytes));
      const leftBytes = sender.sendPadding(sliceBytes);
      sentBytes += sliceBytes;
      // A path that takes no padding now is probed another time.
      if (sentBytes >= probe.bytes || (sliceBytes > 0 && leftBytes === 0)) this.#sendProbe();
      else this.#probeTimer = clock.after(PROBE_STEP_MS, step);
    };
    step();
  }
}
