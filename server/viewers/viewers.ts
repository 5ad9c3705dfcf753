import { nextRung } from '../capture/streams/broken-streams.js';
import type { EstimatorConfig } from '../config/config.js';
import { networkOf } from '../ice/address.js';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { PeerVideoRequest } from '../protocol/events/signal.js';
import { CursorBroadcast, type CursorSource } from './cursor/cursor-broadcast.js';
import type { PointerMove } from './cursor/cursor-pace.js';
import { VIEWER_LIMITS } from './limits.js';
import { PathMemory } from './quality/path-memory.js';
import { Quality } from './quality/quality.js';
import { whoGivesWay } from './setting-up.js';
import type { StreamList } from './video/stream-list.js';
import { usefulBitrateBps } from './video/useful-bitrate.js';
import { applyVideoRequest, type Streams, type VideoChoice } from './video/video-choice.js';
import { Viewer } from './viewer.js';
import type { ViewerHooks } from './viewer-handle.js';
import type { OpenTransport, ViewerTransport } from './viewer-transport.js';

export interface ViewersOptions {
  readonly streams: StreamList;
  readonly cursor: CursorSource;
  readonly estimator: EstimatorConfig;
  /** Has the encoder of a stream aim at this from now on. */
  readonly setBitrate: (streamId: string, bitrateBps: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A session that wants to watch, and what it wants to see first. */
export interface Newcomer {
  readonly sessionId: string;
  /** The IP address that its WebSocket comes from. */
  readonly clientAddress: string;
  readonly video: PeerVideoRequest;
  readonly audioDisabled: boolean;
  /** Connect as usual, but show nothing until it is resumed. */
  readonly paused: boolean;
  readonly hooks: ViewerHooks;
}

/** Finds what a transport needs. */
export type PrepareTransport<T extends ViewerTransport> = () => Promise<Result<OpenTransport<T>>>;

/** All viewers of the server, at most one per session, whatever they watch through (SPEC.md VW10-VW12). */
export class Viewers {
  /** Selectable video ids, best first. */
  readonly videos: readonly string[];
  /** In the order of their age. */
  readonly #viewers = new Map<string, Viewer<ViewerTransport>>();
  readonly #cursor: CursorBroadcast;
  readonly #quality: Quality;
  readonly #paths = new PathMemory();

  constructor(private readonly options: ViewersOptions) {
    this.videos = options.streams.offered;
    this.#cursor = new CursorBroadcast(options.cursor, options.clock);
    this.#quality = new Quality(options);
  }

  viewer(sessionId: string): Viewer | undefined {
    return this.#viewers.get(sessionId);
  }

  /** Makes the session's new viewer; an older one is closed without a word to its session. */
  async open<T extends ViewerTransport>(newcomer: Newcomer, prepare: PrepareTransport<T>): Promise<Result<Viewer<T>>> {
    const { sessionId, clientAddress } = newcomer;
    const before = this.#viewers.get(sessionId);
    this.#noteHeld(before?.clientAddress ?? clientAddress, before?.transport.statistics()?.estimateBps);
    const startBps = this.#startBps(clientAddress);
    const video = this.#firstChoice(newcomer.video, startBps);
    if (!video.ok) return video;
    this.#boundSettingUp();
    const openTransport = await prepare();
    if (!openTransport.ok) return openTransport;
    const viewer: Viewer<T> = new Viewer<T>({
      ...newcomer,
      network: networkOf(clientAddress),
      video: video.value,
      streams: () => this.#streams(),
      usefulBps: usefulBitrateBps(this.options.streams),
      startBps,
      quality: this.#quality,
      cursor: this.#cursor,
      openTransport: openTransport.value,
      onGone: (estimateBps) => {
        this.#noteHeld(clientAddress, estimateBps);
        if (this.#viewers.get(sessionId) === viewer) this.#viewers.delete(sessionId);
      },
      log: this.options.log,
    });
    this.#viewers.get(sessionId)?.close('replaced');
    this.#viewers.set(sessionId, viewer);
    return ok(viewer);
  }

  /** The session `by` moved the pointer; the other viewers are shown. */
  pointerMoved(move: PointerMove): void {
    this.#cursor.moved(move);
  }

  /** A stream gives no picture: its viewers are shown the next rung, and nobody is forced back once it works again. */
  leaveStream(streamId: string): void {
    const next = nextRung(this.videos, streamId, (id) => this.#isBroken(id));
    if (next === undefined) return;
    const selector = { type: 'exact', id: next, bitrate: 0 } as const;
    for (const viewer of [...this.#viewers.values()]) if (viewer.video.id === streamId) viewer.setVideo({ selector });
  }

  close(): void {
    this.#cursor.close();
    this.#quality.close();
    for (const viewer of [...this.#viewers.values()]) viewer.close('stopped');
  }

  /** As many are on their way as may be with one more. */
  #boundSettingUp(): void {
    const settingUp = [...this.#viewers.values()].filter(({ progress }) => progress !== 'connected').length;
    for (let excess = settingUp + 1 - VIEWER_LIMITS.settingUp.value; excess > 0; excess--) this.#endOne();
  }

  #endOne(): void {
    const given = whoGivesWay(this.#viewers.values());
    if (given === undefined) return;
    this.options.log.info({ sessionId: given.sessionId, progress: given.progress }, 'viewer gives way to another');
    given.close('gave-way');
  }

  /** What the path to an address has held, if that was found out. */
  #noteHeld(clientAddress: string, estimateBps: number | undefined): void {
    if (estimateBps !== undefined) this.#paths.note(clientAddress, estimateBps, this.options.clock.nowMs());
  }

  #startBps(clientAddress: string): number | undefined {
    const { clock, estimator } = this.options;
    return this.#paths.startBps(clientAddress, estimator.initialBitrateBps, clock.nowMs());
  }

  /** Who leaves the rung to the server begins with the one that its path carried lately, or the best where nothing is known. */
  #firstChoice({ disabled, selector, auto }: PeerVideoRequest, startBps: number | undefined): Result<VideoChoice> {
    const isFree = auto === true && this.#quality.isActive && startBps !== undefined;
    const best = this.videos.find((id) => !this.#isBroken(id)) ?? this.videos[0] ?? '';
    const first = (isFree ? this.#quality.firstRung(startBps) : undefined) ?? best;
    const { choice, outcome } = applyVideoRequest(
      { streamId: first, disabled: false, auto: false },
      { disabled, selector: selector ?? { type: 'exact', id: first }, auto },
      this.#streams(),
    );
    return outcome.ok ? ok(choice) : err(outcome.error);
  }

  #isBroken(id: string): boolean {
    return this.options.streams.isBroken?.(id) ?? false;
  }

  #streams(): Streams {
    const { streams } = this.options;
    // A broken rung can be named, and nothing else leads there.
    const broken = streams.offered.filter((id) => this.#isBroken(id));
    const offered =
      broken.length < streams.offered.length ? streams.offered.filter((id) => !broken.includes(id)) : streams.offered;
    const ladder = offered.map((id) => ({
      id,
      bitrateBps: streams.bitrateBps(id),
      nominalBitrateBps: streams.nominalBitrateBps(id),
    }));
    return { ladder, hidden: [...streams.hidden, ...broken], autoAllowed: this.#quality.isActive };
  }
}
