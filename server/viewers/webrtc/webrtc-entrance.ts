import type { IcePeer, IceTransports } from '../../ice/ice-types.js';
import type { Clock } from '../../lib/clock.js';
import type { Log } from '../../lib/log.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { Fanout, MediaEngine } from '../../media/media-engine.js';
import type { Codec } from '../../protocol/codec.js';
import type { SignalProvide, SignalRequest } from '../../protocol/events/signal.js';
import { Peer } from '../../webrtc/peer.js';
import { createCertificate } from '../../webrtc/transport/certificate.js';
import type { SrtpProfileName } from '../../webrtc/transport/dtls-keys.js';
import { VIEWER_LIMITS } from '../limits.js';
import type { TransportHooks } from '../viewer-transport.js';
import type { Viewers } from '../viewers.js';
import { type AdvertisedServers, ServerRenewal } from './server-renewal.js';
import type { Circumstances, WebRtcHooks, WebRtcSignaling } from './webrtc-signaling.js';
import { WebRtcTransport } from './webrtc-transport.js';

export interface WebRtcOptions {
  readonly ice: IceTransports;
  readonly engine: MediaEngine;
  readonly codecs: { readonly audio: Codec; readonly video: Codec };
  readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout };
  readonly trickle: boolean;
  /** Each viewer is sent what its path carries; undefined: whatever there is. */
  readonly congestion?: { readonly startBps: number };
  /** The SRTP profiles to agree to, best first; default all. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  /** The servers advertised to a session's browser; time-limited credentials are its own. */
  readonly frontendIceServers: (sessionId: string) => AdvertisedServers;
  readonly clock: Clock;
  readonly log: Log;
}

/** The way in for viewers over WebRTC. All their connections share one certificate. */
export class WebRtcEntrance {
  readonly #certificate = createCertificate();
  readonly #pending = new Map<string, number>();

  constructor(
    private readonly viewers: Viewers,
    private readonly options: WebRtcOptions,
  ) {}

  /** Makes the session's new viewer and its offer. */
  async request(
    sessionId: string,
    request: SignalRequest,
    hooks: WebRtcHooks,
    circumstances: Circumstances,
  ): Promise<Result<SignalProvide>> {
    const pending = this.#pending.get(sessionId) ?? 0;
    if (pending >= VIEWER_LIMITS.pendingPerSession.value) return err(`${pending} peers of this session are being set up already`);
    this.#pending.set(sessionId, pending + 1);
    try {
      return await this.#open(sessionId, request, hooks, circumstances);
    } finally {
      const left = (this.#pending.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#pending.set(sessionId, left);
      else this.#pending.delete(sessionId);
    }
  }

  /** Undefined for a session that does not watch, or watches through something else. */
  signaling(sessionId: string): WebRtcSignaling | undefined {
    const transport = this.viewers.viewer(sessionId)?.transport;
    return transport instanceof WebRtcTransport ? transport : undefined;
  }

  async #open(
    sessionId: string,
    { video, audio, auto }: SignalRequest,
    hooks: WebRtcHooks,
    circumstances: Circumstances,
  ): Promise<Result<SignalProvide>> {
    const { ice } = this.options;
    const newcomer = {
      ...circumstances,
      sessionId,
      video: { ...video, auto: video.auto ?? auto },
      audioDisabled: audio.disabled ?? false,
      hooks,
    };
    const opened = await this.viewers.open(newcomer, async () => {
      const path = await ice.createPeer({ clientAddress: circumstances.clientAddress });
      return path.ok
        ? ok((events: TransportHooks, startBps: number | undefined) =>
            this.#connect(sessionId, path.value, hooks, events, startBps),
          )
        : path;
    });
    if (!opened.ok) return opened;
    const viewer = opened.value;
    const offer = await viewer.transport.firstOffer();
    if (!offer.ok) return offer;
    const provided = { video: viewer.video, audio: { disabled: viewer.audioDisabled } };
    hooks.onVideo(provided.video);
    if (!viewer.audioDisabled) hooks.onAudio(provided.audio);
    return ok({ sdp: offer.value, iceservers: viewer.transport.iceServers(), ...provided });
  }

  #connect(
    sessionId: string,
    ice: IcePeer,
    hooks: WebRtcHooks,
    events: TransportHooks,
    startBps: number | undefined,
  ): WebRtcTransport {
    const { options } = this;
    const renewal = new ServerRenewal({
      servers: () => options.frontendIceServers(sessionId),
      tell: (servers) => hooks.onIceServers(servers),
      clock: options.clock,
    });
    const peer = new Peer({
      ...options,
      ...(options.congestion === undefined ? {} : { congestion: { startBps: startBps ?? options.congestion.startBps } }),
      ice,
      certificate: this.#certificate,
      hooks: {
        ...events,
        onChannelOpen: () => events.onOpen(),
        onCandidate: (candidate) => hooks.onCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null }),
      },
    });
    return new WebRtcTransport(peer, renewal);
  }
}
