import type { Clock } from '../../../server/lib/clock.js';
import type { Dispose } from '../../../server/lib/dispose.js';
import { type ChannelMessage, type InputCommand, joinTime, splitTime } from '../../../server/protocol/channel/datachannel.js';
import type { IceServer } from '../../../server/protocol/events/signal.js';
import type { PageMessage } from '../../wire/page-events.js';
import { MediaPeer } from './media-peer.js';
import { NO_PEER, type PeerEffect, type PeerInput, type PeerPhase, peerDueAtMs, stepPeer } from './peer-policy.js';
import { readSoundCounters, SoundDelay } from './sound-delay.js';
import { usesOwnRelay } from './stats-report.js';

export type CursorMessage = Exclude<ChannelMessage, { kind: 'pong' }>;

/** What the link needs from its owner, and reports to it. */
export interface MediaLinkHost {
  signal(event: string, payload?: unknown): void;
  phase(phase: PeerPhase): void;
  stream(stream: MediaStream): void;
  cursor(message: CursorMessage): void;
  /** The round trip over the data channel in ms, or null when there is none to measure. */
  roundTrip(ms: number | null): void;
  /** A peer is about to be closed; its last frame can still be read. */
  ending(): void;
}

const PING_INTERVAL_MS = 2_000;
const REQUEST = { video: { disabled: false, selector: null, auto: true }, audio: { disabled: false } };

/** Keeps one WebRTC peer alive for as long as the policy wants one. */
export class MediaLink {
  readonly #host: MediaLinkHost;
  readonly #clock: Clock;
  #state = NO_PEER;
  #peer: MediaPeer | null = null;
  #cancelTick: Dispose | null = null;
  #cancelPing: Dispose | null = null;
  readonly #soundDelay = new SoundDelay();
  #audible = false;

  constructor(host: MediaLinkHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Makes the next peer ahead of its request, since making its key takes time. */
  prepare(): void {
    this.#peer ??= new MediaPeer({
      answer: (sdp) => this.#host.signal('signal/answer', { sdp }),
      candidate: (candidate) => this.#host.signal('signal/candidate', candidate),
      stream: (stream) => this.#host.stream(stream),
      connected: () => {
        this.input({ kind: 'connected' });
        this.#ping();
      },
      interrupted: () => this.input({ kind: 'interrupted' }),
      failed: () => this.input({ kind: 'failed' }),
      gone: () => this.input({ kind: 'gone' }),
      message: (message) => {
        if (message.kind === 'pong') this.#host.roundTrip(Math.max(0, Date.now() - joinTime(message.clientTime)));
        else this.#host.cursor(message);
      },
    });
  }

  /** Takes the signalling messages of the server and ignores others. */
  receive(message: PageMessage): void {
    switch (message.event) {
      case 'signal/provide':
        this.#peer?.provide(message.payload.sdp, message.payload.iceservers);
        break;
      case 'signal/offer':
      case 'signal/restart':
        this.#peer?.offer(message.payload.sdp);
        break;
      case 'signal/candidate':
        this.#peer?.addCandidate(message.payload);
        break;
      case 'signal/close':
        this.input({ kind: 'gone' });
        break;
      case 'signal/iceservers':
        void this.#useServers(message.payload.iceservers);
        break;
      case 'signal/refused':
        this.input({ kind: 'refused', reason: message.payload.message });
        break;
      default:
        break;
    }
  }

  input(input: PeerInput): void {
    const [state, effects] = stepPeer(this.#state, input, this.#clock.nowMs());
    const changed = state.peer !== this.#state.peer;
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (changed) this.#host.phase(state.peer);
    this.#armTick();
  }

  /** Sends over the data channel; false when it is not open. */
  send(command: InputCommand): boolean {
    return this.#peer?.send(command) ?? false;
  }

  /** Does the page play the sound? Only then the picture has to keep step with it. */
  setAudible(audible: boolean): void {
    this.#audible = audible;
  }

  async stats(): Promise<RTCStatsReport | null> {
    return (await this.#peer?.stats()) ?? null;
  }

  /** A relay may end with its credentials: a restart moves to a relay under the new ones, without a gap. */
  async #useServers(iceServers: readonly IceServer[]): Promise<void> {
    const peer = this.#peer;
    if (!peer || peer.isUnused) return;
    peer.useServers(iceServers);
    const relayed = usesOwnRelay([...(await peer.stats()).values()]);
    if (relayed && peer === this.#peer && this.#state.peer.kind === 'connected') this.#host.signal('signal/restart');
  }

  #carryOut(effect: PeerEffect): void {
    switch (effect) {
      case 'drop':
        this.#drop();
        break;
      case 'request':
        this.#host.signal('signal/request', REQUEST);
        this.prepare();
        break;
      case 'restart':
        this.#host.signal('signal/restart');
        break;
    }
  }

  #drop(): void {
    // A peer that was made ahead of time is still unused: it serves the next request.
    if (!this.#peer || this.#peer.isUnused) return;
    this.#host.ending();
    this.#peer.close();
    this.#peer = null;
    this.#cancelPing?.();
    this.#host.roundTrip(null);
  }

  #ping(): void {
    this.#cancelPing?.();
    this.send({ kind: 'ping', clientTime: splitTime(Date.now()) });
    void this.#tellSoundDelay();
    this.#cancelPing = this.#clock.after(PING_INTERVAL_MS, () => this.#ping());
  }

  async #tellSoundDelay(): Promise<void> {
    const stats = this.#audible ? await this.stats() : null;
    const delayMs = stats ? this.#soundDelay.read(readSoundCounters([...stats.values()])) : this.#soundDelay.mute();
    if (delayMs !== null) this.#host.signal('signal/playout', { sound_delay_ms: delayMs });
  }

  #armTick(): void {
    this.#cancelTick?.();
    const dueAtMs = peerDueAtMs(this.#state);
    if (dueAtMs === null) return;
    // One ms more, since a timer that fires slightly early would change nothing.
    const delayMs = Math.max(0, dueAtMs - this.#clock.nowMs()) + 1;
    this.#cancelTick = this.#clock.after(delayMs, () => this.input({ kind: 'tick' }));
  }
}
