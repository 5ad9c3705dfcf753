import type { EstimatorConfig } from '../../config/config.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import type { StreamList } from '../video/stream-list.js';
import { agreedBitrate, type EncoderAim, stepAim } from './encoder-bitrate.js';
import { NekoLoop, wantsNekoLoop } from './neko-loop.js';
import { firstRung, NEW_CHOICE, type RungNeed, stepRungChoice } from './rung-choice.js';
import { usableRate } from './usable-rate.js';

export interface QualityOptions {
  readonly streams: StreamList;
  readonly estimator: EstimatorConfig;
  /** Has the encoder of a stream aim at this from now on. */
  readonly setBitrate: (streamId: string, bitrateBps: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A viewer, as the choice of its quality sees it. */
export interface Watcher {
  readonly sessionId: string;
  /** The stream that it is sent; undefined while it is sent none. */
  readonly watched: string | undefined;
  /** Whether the server may choose its rung. */
  readonly isAutomatic: boolean;
  showRung(streamId: string): void;
}

/** A watcher's place: its estimates come in here. */
export interface Seat {
  estimate(estimateBps: number): void;
  /** What it watches, or whether its rung may be chosen, has changed. */
  changed(): void;
  leave(): void;
}

interface Seated {
  readonly watcher: Watcher;
  estimateBps: number | undefined;
  choice: typeof NEW_CHOICE;
  readonly loop: NekoLoop | undefined;
  loopAtMs: number;
}

/** Estimates come when something changes; patience ends without one. */
const TICK_MS = 500;
/** How long the ranges of the streams are taken as they were: they change with the screen. */
const RANGES_MS = 2_000;

/**
 * Chooses the rung of every viewer who leaves it to the server, and moves the encoders to what those who watch can take
 * (SPEC.md VW14-VW19). `stepRungChoice`, `NekoLoop`, `agreedBitrate` and `stepAim` decide.
 */
export class Quality {
  readonly #options: QualityOptions;
  readonly #seats = new Set<Seated>();
  readonly #aims = new Map<string, EncoderAim>();
  readonly #hasLoop: boolean;
  #ranges = new Map<string, ReturnType<StreamList['bitrateRange']>>();
  #rangesAtMs = Number.NEGATIVE_INFINITY;
  #timer: Dispose | undefined;

  constructor(options: QualityOptions) {
    this.#options = options;
    this.#hasLoop = wantsNekoLoop(options.estimator);
  }

  /** Whether the server may choose rungs at all. */
  get isActive(): boolean {
    const { enabled, passive } = this.#options.estimator;
    return enabled && !passive;
  }

  /** The rung to begin with on a path that carried so much. */
  firstRung(estimateBps: number): string | undefined {
    return firstRung(this.#needs(undefined), usableRate(estimateBps));
  }

  join(watcher: Watcher): Seat {
    const { clock, estimator } = this.#options;
    const loop = this.#hasLoop ? new NekoLoop(estimator, clock.nowMs()) : undefined;
    const seated: Seated = { watcher, estimateBps: undefined, choice: NEW_CHOICE, loop, loopAtMs: clock.nowMs() };
    this.#seats.add(seated);
    return {
      estimate: (estimateBps) => {
        seated.estimateBps = estimateBps;
        this.#choose(seated);
        this.#aim();
        this.#timer ??= clock.after(TICK_MS, () => this.#tick());
      },
      changed: () => this.#aim(),
      leave: () => {
        this.#seats.delete(seated);
        this.#aim();
      },
    };
  }

  close(): void {
    this.#timer?.();
  }

  #tick(): void {
    for (const seated of this.#seats) this.#choose(seated);
    this.#aim();
    const isNeeded = [...this.#seats].some(({ estimateBps }) => estimateBps !== undefined);
    this.#timer = isNeeded ? this.#options.clock.after(TICK_MS, () => this.#tick()) : undefined;
  }

  #choose(seated: Seated): void {
    const { watcher, estimateBps, loop } = seated;
    const current = watcher.watched;
    if (!this.isActive || estimateBps === undefined || current === undefined || !watcher.isAutomatic) return;
    const next = loop === undefined ? this.#own(seated, estimateBps, current) : this.#asNeko(seated, loop, estimateBps, current);
    if (next === undefined || next === current) return;
    const { sessionId } = watcher;
    this.#options.log.debug({ sessionId, from: current, to: next, estimateBps: Math.round(estimateBps) }, 'another rung');
    watcher.showRung(next);
  }

  #own(seated: Seated, estimateBps: number, current: string): string {
    const view = { rungs: this.#needs(seated), current, usableBps: usableRate(estimateBps) };
    const [choice, next] = stepRungChoice(seated.choice, view, this.#options.clock.nowMs());
    seated.choice = choice;
    return next;
  }

  #asNeko(seated: Seated, loop: NekoLoop, estimateBps: number, current: string): string | undefined {
    const { clock, streams, estimator, log } = this.#options;
    const nowMs = clock.nowMs();
    const measuredBps = streams.bitrateBps(current);
    if (nowMs - seated.loopAtMs < estimator.readIntervalMs || measuredBps === 0) return undefined;
    seated.loopAtMs = nowMs;
    const decision = loop.tick(estimateBps, measuredBps, nowMs);
    const line = { sessionId: seated.watcher.sessionId, estimateBps: Math.round(estimateBps), measuredBps, ...decision };
    if (estimator.debug) log.info(line, 'decision of the estimator');
    if (decision.kind === 'stay') return undefined;
    const ids = this.#candidates(current);
    const at = ids.indexOf(current);
    return at < 0 ? undefined : ids[at + (decision.kind === 'lower' ? 1 : -1)];
  }

  /** The rungs that a viewer of `current` may be shown: nobody is led to one that gave no picture. */
  #candidates(current: string | undefined): readonly string[] {
    const { streams } = this.#options;
    const working = streams.offered.filter((id) => id === current || !streams.isBroken?.(id));
    return working.length === 0 ? streams.offered : working;
  }

  /** What each rung takes of one viewer's path at least: as little as its encoder goes, or as the others on it want it. */
  #needs(seated: Seated | undefined): RungNeed[] {
    return this.#candidates(seated?.watcher.watched).map((id) => {
      const range = this.#range(id);
      if (range === undefined) return { id, needBps: this.#options.streams.nominalBitrateBps(id) };
      const others = this.#usable(id, seated);
      return { id, needBps: others.length === 0 ? range.floorBps : Math.min(range.nominalBps, agreedBitrate(range, others)) };
    });
  }

  /** Moves each encoder to what those who watch it can take. */
  #aim(): void {
    const { streams, setBitrate, clock, estimator } = this.#options;
    if (!estimator.enabled) return;
    for (const id of streams.offered) {
      const range = this.#range(id);
      if (range === undefined) continue;
      const aim = this.#aims.get(id) ?? { bitrateBps: range.nominalBps, setAtMs: Number.NEGATIVE_INFINITY };
      const usable = this.#usable(id, undefined);
      const wantedBps = agreedBitrate(range, usable);
      // An encoder that nobody watches begins anew with what it usually aims at.
      const next = usable.length === 0 ? { ...aim, bitrateBps: wantedBps } : stepAim(aim, wantedBps, clock.nowMs());
      if (next.bitrateBps !== aim.bitrateBps) setBitrate(id, next.bitrateBps);
      this.#aims.set(id, next);
    }
  }

  /** What the paths of those who watch a stream leave for it, all but one's. A path that nothing is known of takes the usual. */
  #usable(streamId: string, but: Seated | undefined): number[] {
    const rates: number[] = [];
    for (const seated of this.#seats) {
      if (seated === but || seated.watcher.watched !== streamId) continue;
      const { estimateBps } = seated;
      const nominalBps = this.#range(streamId)?.nominalBps ?? 0;
      rates.push(estimateBps === undefined ? nominalBps : usableRate(estimateBps));
    }
    return rates;
  }

  #range(streamId: string) {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#rangesAtMs >= RANGES_MS) {
      this.#rangesAtMs = nowMs;
      const { streams } = this.#options;
      this.#ranges = new Map(streams.offered.map((id) => [id, streams.bitrateRange(id)]));
    }
    return this.#ranges.get(streamId);
  }
}
