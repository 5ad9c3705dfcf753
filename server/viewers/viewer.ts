import type { Log } from '../lib/log.js';
import { decodeInput, splitTime } from '../protocol/channel/datachannel.js';
import type { PeerAudioRequest, PeerVideo, PeerVideoRequest } from '../protocol/events/signal.js';
import type { CursorAudience, CursorBroadcast } from './cursor/cursor-broadcast.js';
import { encodeMessage } from './encode-message.js';
import { IN_STEP, type LipSync, type LipSyncInput, stepLipSync } from './lip-sync.js';
import type { Quality, Seat, Watcher } from './quality/quality.js';
import type { Progress } from './setting-up.js';
import { applyVideoRequest, type Streams, sameChoice, shownOf, type VideoChoice } from './video/video-choice.js';
import type { CloseReason, ViewerHandle, ViewerHooks } from './viewer-handle.js';
import type { OpenTransport, ViewerTransport } from './viewer-transport.js';

export interface ViewerOptions<T extends ViewerTransport> {
  readonly sessionId: string;
  readonly clientAddress: string;
  /** Whom it is counted with while it is on its way. */
  readonly network: string;
  readonly video: VideoChoice;
  readonly audioDisabled: boolean;
  readonly paused: boolean;
  /** Asked anew for every selection, since rungs come and go. */
  readonly streams: () => Streams;
  /** The most that a viewer can make use of, bit/s. */
  readonly usefulBps: number;
  /** What its path carried lately, bit/s; undefined where nothing is known of it. */
  readonly startBps: number | undefined;
  readonly quality: Quality;
  readonly cursor: CursorBroadcast;
  readonly openTransport: OpenTransport<T>;
  readonly hooks: ViewerHooks;
  /** It ended, and its path carried so much, if that was found out; called before its session hears of it. */
  readonly onGone: (estimateBps: number | undefined) => void;
  readonly log: Log;
}

/**
 * One session that watches, whatever it watches through: what it is shown and why, its cursor, its sound in step with the picture,
 * its input, and its end (SPEC.md VW5-VW9, VW12). Closing goes downward only: viewer -> cursor, transport.
 */
export class Viewer<T extends ViewerTransport = ViewerTransport> implements ViewerHandle, Watcher {
  readonly sessionId: string;
  readonly clientAddress: string;
  readonly network: string;
  readonly transport: T;
  readonly #options: ViewerOptions<T>;
  readonly #cursor: CursorAudience;
  readonly #seat: Seat;
  #video: VideoChoice;
  #audioDisabled: boolean;
  #paused: boolean;
  #lipSync = IN_STEP;
  #closed = false;

  constructor(options: ViewerOptions<T>) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.clientAddress = options.clientAddress;
    this.network = options.network;
    this.#video = options.video;
    this.#audioDisabled = options.audioDisabled;
    this.#paused = options.paused;
    this.#cursor = options.cursor.join(this.sessionId, (message) => this.transport.send(message));
    this.#seat = options.quality.join(this);
    this.transport = options.openTransport(
      {
        onConnected: () => {
          this.#cursor.prepare();
          options.hooks.onConnected();
        },
        onOpen: () => this.#cursor.start(),
        onMessage: (message) => this.#receive(message),
        onSoundReport: (jitterMs) => this.#keepLipSync({ kind: 'reported', jitterMs }),
        onEstimate: (estimateBps) => this.#seat.estimate(estimateBps),
        onEnded: (end, detail) => this.#end(end, detail),
      },
      options.startBps,
    );
    this.transport.setUsefulBitrate(options.usefulBps);
    this.#show();
  }

  get progress(): Progress {
    return this.transport.progress;
  }

  /** What it gets, in the form that its session is sent. */
  get video(): PeerVideo {
    const { streamId, disabled, auto } = this.#video;
    return { disabled, id: streamId, video: streamId, auto };
  }

  /** The stream that it is sent; undefined while it is sent none. */
  get watched(): string | undefined {
    return this.progress === 'connected' && !this.#paused && !this.#video.disabled ? this.#video.streamId : undefined;
  }

  get isAutomatic(): boolean {
    return this.#video.auto;
  }

  /** The server has chosen another rung for it. */
  showRung(streamId: string): void {
    this.#video = { ...this.#video, streamId };
    this.#show();
    this.#options.hooks.onVideo(this.video);
  }

  get audioDisabled(): boolean {
    return this.#audioDisabled;
  }

  setVideo(request: PeerVideoRequest) {
    const { choice, outcome } = applyVideoRequest(this.#video, request, this.#options.streams());
    const changed = !sameChoice(choice, this.#video);
    this.#video = choice;
    this.#show();
    if (changed && outcome.ok) this.#options.hooks.onVideo(this.video);
    return outcome;
  }

  setAudio({ disabled }: PeerAudioRequest): void {
    if (disabled === undefined || disabled === this.#audioDisabled) return;
    this.#audioDisabled = disabled;
    this.#show();
    this.#options.hooks.onAudio({ disabled });
  }

  setSoundDelay(soundDelayMs: number): void {
    this.#keepLipSync({ kind: 'measured', soundDelayMs });
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#show();
  }

  close(reason: CloseReason): void {
    this.#end(reason, undefined);
  }

  /** Gives the transport what to send; while there is no sound, nothing has to be in step with it. */
  #show(): void {
    if (this.#closed) return;
    const { shown, why } = shownOf(this.#video, { audioDisabled: this.#audioDisabled, paused: this.#paused });
    this.#options.log.debug({ sessionId: this.sessionId, ...shown, why }, 'viewer is shown');
    this.transport.show(shown);
    this.#seat.changed();
    if (!shown.audio) this.#useLipSync(IN_STEP);
  }

  #keepLipSync(input: LipSyncInput): void {
    const isHeard = this.transport.progress === 'connected' && !this.#paused && !this.#audioDisabled;
    if (!this.#closed && isHeard) this.#useLipSync(stepLipSync(this.#lipSync, input));
  }

  #useLipSync(next: LipSync): void {
    if (next.holdMs !== this.#lipSync.holdMs) this.transport.holdPicture(next.holdMs);
    this.#lipSync = next;
  }

  #receive(message: Buffer): void {
    const { log, hooks } = this.#options;
    const command = decodeInput(message);
    if (!command.ok) {
      log.debug({ sessionId: this.sessionId, reason: command.error }, 'data channel message refused');
      return;
    }
    const { value } = command;
    if (value.kind === 'ping')
      this.transport.send(encodeMessage({ kind: 'pong', clientTime: value.clientTime, serverTime: splitTime(Date.now()) }));
    else hooks.onInput(value);
  }

  #end(end: CloseReason, reason: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    const { sessionId } = this;
    const statistics = this.transport.statistics();
    this.#options.log.info({ sessionId, end, reason, ...statistics }, 'peer closed');
    this.#cursor.leave();
    this.#seat.leave();
    this.transport.close();
    this.#options.onGone(statistics?.estimateBps);
    if (end !== 'replaced') this.#options.hooks.onClosed();
  }
}
