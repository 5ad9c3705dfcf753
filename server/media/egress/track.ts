import type { EncodedStream } from '../../capture/streams/encoded-stream.js';
import type { SenderTrack, TrackOptions, TrackStats } from '../media-engine.js';
import { HeaderTemplate } from '../rtp/header-template.js';
import type { PacketRing } from '../rtp/packet-ring.js';
import { Renumbering } from '../rtp/renumbering.js';
import { KeyframeNeed } from './keyframe-need.js';
import { RtxStream } from './rtx-stream.js';
import type { Sendable } from './send-scheduler.js';
import { SentHistory } from './sent-history.js';

/** More than 1 s at 20 Mbit/s. Audio is not asked for again. */
const VIDEO_HISTORY_PACKETS = 2_048;
const AUDIO_HISTORY_PACKETS = 64;
/** A keyframe this young is sent to who joins now; the encoder would not make another one yet. */
const REPLAY_MS = 500;
const REPLAY_BYTES = 300_000;
/** What waited longer than this is not worth sending any more. */
export const DEADLINE_MS = 250;
/** Switches and rebuilds within a second that retransmissions can look back over. */
const REMEMBERED_RINGS = 4;

/** The viewer that a track belongs to. */
export interface TrackOwner extends Sendable {
  /** Whether video can leave: there is a path, and a budget has room for a datagram. */
  readonly reachable: boolean;
  nowMs(): number;
  /** There may be something to send. */
  wake(): void;
  /** The track's timestamps begin anew. */
  reportSoon(): void;
  forgetTrack(track: Track): void;
}

/** The stream that a track is served from. */
export interface TrackSource {
  readonly stream: Pick<EncodedStream, 'requestKeyframe' | 'requestPicture'>;
  readonly ring: PacketRing;
  /** The track is notified of new packets from now on. */
  join(track: Track): void;
  leave(track: Track): void;
  /** A pair of stream timestamp and wall clock (ms) that is true now; undefined before the first packet. */
  moment(): { readonly rtpTimestamp: number; readonly wallClockMs: number } | undefined;
}

/**
 * One track of one viewer: which stream it is served from, how far it is, and what its packets look like.
 * `send-turn.ts` reads and moves the cursor; everything that is not per packet is here.
 */
export class Track implements SenderTrack {
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  readonly clockRateHz: number;
  readonly peer: TrackOwner;
  readonly template: HeaderTemplate;
  /** Where it was agreed on. */
  readonly rtx: RtxStream | undefined;
  readonly numbers: Renumbering;
  readonly history: SentHistory;
  readonly need = new KeyframeNeed();
  readonly stats: { -readonly [K in keyof TrackStats]: number } = {
    packetsSent: 0,
    bytesSent: 0,
    keyframesSent: 0,
    nacked: 0,
    resent: 0,
    resentBytes: 0,
    paddingBytes: 0,
    framesDropped: 0,
    framesOverBudget: 0,
    keyframeRequests: 0,
  };
  /** Indexes that the viewer asked for again, oldest first. */
  resends: number[] = [];
  /** The stream being sent; undefined before the first keyframe was chosen. */
  source: TrackSource | undefined;
  /** Next packet of the source's ring; meaningless while waiting. */
  cursor = 0;
  /** Video that waits for a keyframe at `cursor` or later. */
  waiting = false;
  /** The epoch of the packet sent last; another one begins new numbers. */
  epoch = 0;
  /** The packet sent last; the source's numbers show losses between it and the one right behind it. */
  lastSent = -1;
  /** When the track began to be served from where it is; nothing is late before that. */
  startedAtMs = 0;
  /** The frame handled last, to count the ones left out; 0 right after a join. */
  lastFrame = 0;
  /** The next packet waits for room in the viewer's budget. */
  heldBack = false;
  /** The rings that the history speaks of, newest last. */
  readonly #rings: { readonly epoch: number; readonly ring: PacketRing }[] = [];
  /** The stream that takes over at its next keyframe. */
  #next: TrackSource | undefined;
  #nextFrom = 0;
  /** The source was given up, and goes on only until the next one takes over. */
  #released = false;
  #askedAtMs = 0;
  #paused = false;
  #closed = false;

  constructor(peer: TrackOwner, options: TrackOptions, random: (below: number) => number) {
    this.peer = peer;
    this.kind = options.kind;
    this.ssrc = options.ssrc;
    this.clockRateHz = options.clockRateHz;
    this.template = new HeaderTemplate(options.ssrc, options.payloadType, options.extensions);
    this.rtx = options.rtx && new RtxStream(options.rtx, options.extensions, random(0x8000));
    this.numbers = new Renumbering(options.clockRateHz, random(0x8000), random(0x1_0000_0000));
    this.history = new SentHistory(options.kind === 'video' ? VIDEO_HISTORY_PACKETS : AUDIO_HISTORY_PACKETS);
  }

  /** Of the packet sent last; meaningless before the first. */
  get newestTimestamp(): number {
    return this.history.timestamp[this.history.rowOf(this.history.newest)]!;
  }

  /** The stream this track is to show. */
  get target(): TrackSource | undefined {
    return this.#next ?? this.source;
  }

  get sending(): boolean {
    return !this.#paused && !this.waiting && this.source !== undefined;
  }

  /** The next packet is the first of another stream or of a rebuilt encoding. */
  begin(ring: PacketRing, index: number): void {
    this.epoch = ring.epoch;
    this.lastSent = -1;
    this.numbers.begin(ring.timestamp(index), ring.arrivedAtMs(index));
    this.#rings.push({ epoch: ring.epoch, ring });
    if (this.#rings.length > REMEMBERED_RINGS) this.#rings.shift();
    this.peer.reportSoon();
  }

  /** The ring that held the packets of an epoch, if that is not too long ago. */
  #ringOf(epoch: number): PacketRing | undefined {
    for (const entry of this.#rings) if (entry.epoch === epoch) return entry.ring;
    return undefined;
  }

  /** The ring that still holds the packet of a row of the history; undefined for no row. */
  ringHolding(row: number): PacketRing | undefined {
    const ring = row < 0 ? undefined : this.#ringOf(this.history.epoch[row]!);
    return ring !== undefined && this.history.streamIndex[row]! >= ring.oldest ? ring : undefined;
  }

  /** Goes over to a stream: at once when nothing is shown, else at its next keyframe. */
  assign(fanout: TrackSource, nowMs: number): void {
    if (this.#closed || this.target === fanout) return;
    this.#dropNext();
    this.#released = false;
    if (this.source === fanout) return;
    if (this.#paused || this.source === undefined) {
      this.source = fanout;
      if (!this.#paused) this.#start(nowMs);
      return;
    }
    this.#next = fanout;
    fanout.join(this);
    this.#nextFrom = this.#entryOf(fanout, nowMs);
    this.advance(fanout, nowMs);
  }

  /** Is no longer wanted from that stream. While another one is awaited the picture goes on until that takes over. */
  unassign(fanout: TrackSource): void {
    if (this.#next === fanout) this.#dropNext();
    else if (this.source === fanout) this.#released = true;
    if (!this.#released || this.#next !== undefined) return;
    if (!this.#paused) this.source?.leave(this);
    this.source = undefined;
    this.waiting = false;
    this.#released = false;
  }

  /** The stream has new packets. Returns whether there is something to send. */
  advance(fanout: TrackSource, nowMs: number): boolean {
    if (fanout === this.#next && this.#entered(fanout, this.#nextFrom)) this.#switch(fanout, nowMs);
    if (fanout !== this.source) {
      if (fanout === this.#next) this.#askAgain(fanout, nowMs);
      return false;
    }
    if (this.waiting) {
      // A keyframe that cannot be sent would only be late.
      if (!this.peer.reachable) return false;
      if (!this.#entered(fanout, this.cursor)) {
        this.#askAgain(fanout, nowMs);
        return false;
      }
      this.#enter(fanout, nowMs);
    }
    return this.cursor < fanout.ring.head;
  }

  /** The encoding began anew: what was not sent of the old one never will be. */
  restarted(fanout: TrackSource, nowMs: number): void {
    // It begins with a keyframe, so none is asked for at once.
    this.#askedAtMs = nowMs;
    if (fanout === this.#next) this.#nextFrom = fanout.ring.head;
    if (fanout === this.source) this.#skip(nowMs);
  }

  /** The viewer can be reached: who waits for a keyframe enters at one just sent to others, or asks for it now. */
  reached(nowMs: number): void {
    const fanout = this.source;
    if (fanout === undefined || !this.waiting) return;
    this.cursor = this.#entryOf(fanout, nowMs);
    this.advance(fanout, nowMs);
  }

  /** Leaves out everything up to the newest keyframe, or waits for the next one and asks for it. Audio just goes on. */
  skip(nowMs: number): void {
    this.#skip(nowMs);
    if (this.waiting && this.source !== undefined && this.peer.reachable) this.#ask(this.source, nowMs);
  }

  #skip(nowMs: number): void {
    const fanout = this.source;
    if (fanout === undefined || this.waiting) return;
    const ring = fanout.ring;
    const keyframe = this.kind === 'video' ? ring.keyframe : -1;
    const fresh = keyframe > this.cursor && nowMs - ring.arrivedAtMs(keyframe) < DEADLINE_MS;
    const until = fresh ? keyframe : ring.head;
    if (until > this.cursor) {
      const frame = fresh ? ring.frame(keyframe) - 1 : ring.newestFrame;
      this.#dropped(frame - this.lastFrame);
      this.lastFrame = Math.max(this.lastFrame, frame);
    }
    this.cursor = until;
    this.waiting = this.kind === 'video' && !fresh;
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    const target = this.target;
    this.#dropNext();
    this.source?.leave(this);
    this.source = target;
    this.#released = false;
    this.waiting = false;
    this.resends = [];
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    if (this.source) this.#start(this.peer.nowMs());
    this.peer.wake();
  }

  setPlayoutDelay(minMs: number, maxMs: number): void {
    this.template.setPlayoutDelay(minMs, maxMs);
    this.rtx?.setPlayoutDelay(minMs, maxMs);
  }

  requestKeyframe(): void {
    this.stats.keyframeRequests++;
    if (!this.#paused) this.source?.stream.requestKeyframe();
  }

  /** The viewer asked for a keyframe; one that has everything gets any picture. */
  keyframeAsked(nowMs: number): void {
    if (this.need.asks(nowMs) === 'keyframe') this.requestKeyframe();
    else if (!this.#paused) this.source?.stream.requestPicture();
  }

  close(): void {
    if (this.#closed) return;
    this.pause();
    this.#closed = true;
    this.source = undefined;
    this.peer.forgetTrack(this);
  }

  #start(nowMs: number): void {
    const fanout = this.source;
    if (fanout === undefined) return;
    fanout.join(this);
    this.#waitFrom(this.#entryOf(fanout, nowMs), nowMs);
    this.advance(fanout, nowMs);
  }

  #waitFrom(index: number, nowMs: number): void {
    this.cursor = index;
    this.lastFrame = 0;
    this.startedAtMs = nowMs;
    this.waiting = this.kind === 'video';
  }

  /** The first index at which the track may enter: that of a keyframe just sent to others, else the next one's, asked for. */
  #entryOf(fanout: TrackSource, nowMs: number): number {
    const ring = fanout.ring;
    const keyframe = ring.keyframe;
    if (this.kind === 'audio') return ring.head;
    if (keyframe >= 0 && nowMs - ring.arrivedAtMs(keyframe) < REPLAY_MS && ring.bytesFrom(keyframe) < REPLAY_BYTES)
      return keyframe;
    this.#ask(fanout, nowMs);
    return ring.head;
  }

  #entered(fanout: TrackSource, from: number): boolean {
    return this.kind === 'audio' ? fanout.ring.head > from : fanout.ring.keyframe >= from;
  }

  #switch(fanout: TrackSource, nowMs: number): void {
    this.source?.leave(this);
    this.source = fanout;
    this.#next = undefined;
    this.#released = false;
    this.#waitFrom(this.#nextFrom, nowMs);
  }

  #enter(fanout: TrackSource, nowMs: number): void {
    const ring = fanout.ring;
    this.cursor = ring.keyframe;
    this.waiting = false;
    this.startedAtMs = nowMs;
    const before = ring.frame(this.cursor) - 1;
    if (this.lastFrame > 0) this.#dropped(before - this.lastFrame);
    this.lastFrame = before;
  }

  #dropped(frames: number): void {
    if (frames <= 0) return;
    this.stats.framesDropped += frames;
    if (this.heldBack) this.stats.framesOverBudget += frames;
  }

  #ask(fanout: TrackSource, nowMs: number): void {
    this.#askedAtMs = nowMs;
    fanout.stream.requestKeyframe();
  }

  /** A request can be lost with the encoder that got it. */
  #askAgain(fanout: TrackSource, nowMs: number): void {
    if (nowMs - this.#askedAtMs >= REPLAY_MS * 2) this.#ask(fanout, nowMs);
  }

  #dropNext(): void {
    this.#next?.leave(this);
    this.#next = undefined;
  }
}
