import { networkOf } from '../ice/address.js';
import type { IceTransports } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import { type Dispose, once } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { Fanout, MediaEngine } from '../media/media-engine.js';
import type { Codec } from '../protocol/codec.js';
import { decodeInput, type InputCommand, splitTime } from '../protocol/datachannel.js';
import type {
  CandidateInit,
  Description,
  IceServer,
  PeerAudio,
  PeerAudioRequest,
  PeerVideo,
  PeerVideoRequest,
  SignalProvide,
  SignalRequest,
} from '../protocol/signal.js';
import { PEER_LIMITS } from '../webrtc/limits.js';
import { Peer } from '../webrtc/peer.js';
import { createCertificate, type DtlsCertificate } from '../webrtc/transport/certificate.js';
import type { SrtpProfileName } from '../webrtc/transport/dtls-keys.js';
import { applyVideoRequest, type Streams, type VideoChoice } from '../webrtc/video-choice.js';
import { type CursorAudience, CursorBroadcast, type CursorSource } from './cursor-broadcast.js';
import type { PointerMove } from './cursor-pace.js';
import { encodeMessage } from './encode-message.js';
import { ServerRenewal, type ToldServers } from './server-renewal.js';
import { whoGivesWay } from './setting-up.js';

export interface PeerHubOptions {
  readonly ice: IceTransports;
  readonly engine: MediaEngine;
  readonly codecs: { readonly audio: Codec; readonly video: Codec };
  readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout };
  /** Offered ids, best first; others can be named exactly. */
  readonly videoIds: readonly string[];
  /** Measured over the last full second; 0 while the stream does not run. */
  readonly bitrateBps: (streamId: string) => number;
  /** What the stream takes while it runs, known also while it does not; undefined where nobody can tell yet. */
  readonly nominalBitrateBps: (streamId: string) => number | undefined;
  readonly trickle: boolean;
  /** The SRTP profiles to agree to, best first; default all. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  /** What a session's browser is told; time-limited credentials are its own. */
  readonly frontendIceServers: (sessionId: string) => ToldServers;
  readonly cursor: CursorSource;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SessionHooks {
  onCandidate(candidate: CandidateInit): void;
  onVideo(video: PeerVideo): void;
  onAudio(audio: PeerAudio): void;
  /** ICE servers in place of those told before, whose credentials end soon. */
  onIceServers(servers: IceServer[]): void;
  onConnected(): void;
  /** Called once, whoever ended the peer, but not for one that was replaced. */
  onClosed(): void;
  onInput(command: InputCommand): void;
}

export interface Circumstances {
  readonly paused: boolean;
  readonly clientAddress: string;
}

/** One session's peer, as signaling drives it. */
export interface PeerHandle {
  answer(sdp: string): Promise<Result<void>>;
  offer(sdp: string): Promise<Result<Description>>;
  candidate(init: { readonly candidate: string }): Promise<Result<void>>;
  /** Old ICE servers are replaced before. */
  restart(): Promise<Result<Description>>;
  /** The session has another WebSocket: what was told meanwhile is lost. */
  socketOpened(): void;
  setVideo(request: PeerVideoRequest): Promise<Result<void>>;
  setAudio(request: PeerAudioRequest): Promise<Result<void>>;
  setSoundDelay(soundDelayMs: number): void;
  setPaused(paused: boolean): void;
  close(): void;
}

/** All peers of the server, at most one per session. */
export class PeerHub {
  readonly videos: readonly string[];
  readonly #peers = new Map<string, SessionPeer>();
  readonly #pending = new Map<string, number>();
  readonly #cursor: CursorBroadcast;

  private constructor(
    private readonly options: PeerHubOptions,
    private readonly certificate: DtlsCertificate,
  ) {
    this.videos = options.videoIds;
    this.#cursor = new CursorBroadcast(options.cursor, options.clock);
  }

  /** Makes the certificate of all its peers. */
  static open(options: PeerHubOptions): PeerHub {
    return new PeerHub(options, createCertificate());
  }

  /** Makes the session's new peer and its offer; an older peer is closed without a word to anyone. */
  async request(
    sessionId: string,
    request: SignalRequest,
    hooks: SessionHooks,
    circumstances: Circumstances,
  ): Promise<Result<SignalProvide>> {
    const video = this.#firstChoice(request);
    if (!video.ok) return video;
    const pending = this.#pending.get(sessionId) ?? 0;
    if (pending >= PEER_LIMITS.pendingPerSession.value) return err(`${pending} peers of this session are being set up already`);
    this.#pending.set(sessionId, pending + 1);
    try {
      return await this.#create(sessionId, video.value, request.audio.disabled ?? false, hooks, circumstances);
    } finally {
      const left = (this.#pending.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#pending.set(sessionId, left);
      else this.#pending.delete(sessionId);
    }
  }

  peer(sessionId: string): PeerHandle | undefined {
    return this.#peers.get(sessionId)?.handle;
  }

  /** The session `by` moved the pointer; the other viewers are shown. */
  pointerMoved(move: PointerMove): void {
    this.#cursor.moved(move);
  }

  close(): void {
    this.#cursor.close();
    for (const { handle } of [...this.#peers.values()]) handle.close();
  }

  async #create(
    sessionId: string,
    video: VideoChoice,
    audioDisabled: boolean,
    hooks: SessionHooks,
    { paused, clientAddress }: Circumstances,
  ): Promise<Result<SignalProvide>> {
    const { options, certificate } = this;
    this.#boundSettingUp();
    const hadPeer = this.#peers.has(sessionId);
    const ice = await options.ice.createPeer({ clientAddress, makeRoom: () => this.#makeRoom(sessionId) });
    if (!ice.ok) {
      // Its own peer made room, for nothing.
      if (hadPeer && !this.#peers.has(sessionId)) hooks.onClosed();
      return ice;
    }
    const renewal = new ServerRenewal({
      servers: () => options.frontendIceServers(sessionId),
      tell: (servers) => hooks.onIceServers(servers),
      clock: options.clock,
    });
    const gone = once(() => {
      renewal.close();
      cursor.leave();
      if (this.#peers.get(sessionId)?.peer !== peer) return;
      this.#peers.delete(sessionId);
      hooks.onClosed();
    });
    const cursor = this.#cursor.join(sessionId, (message) => peer.send(message));
    const peer: Peer = new Peer({
      ...options,
      ice: ice.value,
      certificate,
      streams: () => this.#streams(),
      paused,
      video,
      audioDisabled,
      hooks: {
        onCandidate: (candidate) => hooks.onCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null }),
        onVideo: (choice) => hooks.onVideo(peerVideo(choice)),
        onAudio: (disabled) => hooks.onAudio({ disabled }),
        onConnected: () => {
          cursor.prepare();
          hooks.onConnected();
        },
        onClosed: (reason) => {
          options.log.info({ sessionId, reason }, 'peer closed');
          gone();
        },
        onChannelOpen: () => cursor.start(),
        onMessage: (message) => this.#receive(sessionId, peer, message, hooks),
      },
    });
    const previous = this.#peers.get(sessionId);
    // Set anew rather than in the old one's place, since the map's order tells the peers' age.
    this.#peers.delete(sessionId);
    const network = networkOf(clientAddress);
    this.#peers.set(sessionId, { sessionId, network, peer, renewal, cursor, handle: this.#handle(peer, renewal, gone) });
    if (previous !== undefined) replace(previous);
    const offer = await peer.offer();
    if (!offer.ok) return offer;
    hooks.onVideo(peerVideo(video));
    if (!audioDisabled) hooks.onAudio({ disabled: false });
    return ok({
      sdp: offer.value,
      iceservers: renewal.current(),
      video: peerVideo(video),
      audio: { disabled: audioDisabled },
    });
  }

  /** For a session that finds every port in use: its own peer goes first, which is replaced anyway. */
  #makeRoom(sessionId: string): boolean {
    const own = this.#peers.get(sessionId);
    if (own === undefined) return this.#endOne();
    this.#peers.delete(sessionId);
    replace(own);
    return true;
  }

  /** As many are on their way as may be with one more. */
  #boundSettingUp(): void {
    const settingUp = [...this.#peers.values()].filter(({ peer }) => peer.isSettingUp).length;
    for (let excess = settingUp + 1 - PEER_LIMITS.settingUp.value; excess > 0; excess--) this.#endOne();
  }

  #endOne(): boolean {
    const given = whoGivesWay(Array.from(this.#peers.values(), (each) => ({ ...each, progress: each.peer.progress })));
    if (given === undefined) return false;
    this.options.log.info({ sessionId: given.sessionId, progress: given.progress }, 'peer gives way to another');
    given.handle.close();
    return true;
  }

  #firstChoice(request: SignalRequest): Result<VideoChoice> {
    const first = this.videos[0] ?? '';
    const selector = request.video.selector ?? { type: 'exact' as const, id: first };
    const { choice, outcome } = applyVideoRequest(
      { streamId: first, disabled: false, auto: false },
      { disabled: request.video.disabled, selector, auto: request.video.auto ?? request.auto },
      this.#streams(),
    );
    return outcome.ok ? ok(choice) : err(outcome.error);
  }

  #streams(): Streams {
    const { videoIds, bitrateBps, nominalBitrateBps, fanouts } = this.options;
    return {
      ladder: videoIds.map((id) => ({ id, bitrateBps: bitrateBps(id), nominalBitrateBps: nominalBitrateBps(id) })),
      hidden: [...fanouts.video.keys()].filter((id) => !videoIds.includes(id)),
      autoAllowed: false,
    };
  }

  #handle(peer: Peer, renewal: ServerRenewal, gone: Dispose): PeerHandle {
    return {
      answer: async (sdp) => peer.answer(sdp),
      offer: async (sdp) => describe(await peer.answerOffer(sdp)),
      candidate: async ({ candidate }) => peer.candidate(candidate),
      restart: async () => {
        renewal.refresh();
        return describe(await peer.restart());
      },
      socketOpened: () => renewal.refresh(),
      setVideo: async (request) => peer.setVideo(request),
      setAudio: async ({ disabled }) => {
        if (disabled !== undefined) peer.setAudio(disabled);
        return ok(undefined);
      },
      setSoundDelay: (soundDelayMs) => peer.setSoundDelay(soundDelayMs),
      setPaused: (paused) => peer.setPaused(paused),
      close: () => {
        peer.close();
        gone();
      },
    };
  }

  #receive(sessionId: string, peer: Peer, message: Buffer, hooks: SessionHooks): void {
    const command = decodeInput(message);
    if (!command.ok) {
      this.options.log.debug({ sessionId, reason: command.error }, 'data channel message refused');
      return;
    }
    if (command.value.kind === 'ping')
      peer.send(encodeMessage({ kind: 'pong', clientTime: command.value.clientTime, serverTime: splitTime(Date.now()) }));
    else hooks.onInput(command.value);
  }
}

interface SessionPeer {
  readonly sessionId: string;
  /** Whom it is counted with while it is on its way. */
  readonly network: string;
  readonly peer: Peer;
  readonly renewal: ServerRenewal;
  readonly cursor: CursorAudience;
  readonly handle: PeerHandle;
}

function peerVideo({ streamId, disabled, auto }: VideoChoice): PeerVideo {
  return { disabled, id: streamId, video: streamId, auto };
}

/** Without a word to anyone: another peer takes its place. */
function replace({ renewal, cursor, peer }: SessionPeer): void {
  renewal.close();
  cursor.leave();
  peer.close();
}

function describe(sdp: Result<string>): Result<Description> {
  return sdp.ok ? ok({ sdp: sdp.value }) : sdp;
}
