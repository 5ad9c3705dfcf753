import { randomInt } from 'node:crypto';
import { formatCandidate } from '../ice/candidates/candidate.js';
import type { IcePeer, IceState } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { Fanout, MediaEngine, PeerSender } from '../media/media-engine.js';
import type { Codec } from '../protocol/codec.js';
import { type DtlsCertificate, fingerprintOf } from './certificate.js';
import { DataChannel } from './data-channel.js';
import { Dtls } from './dtls.js';
import type { DtlsKeys, SrtpProfileName } from './dtls-keys.js';
import { PEER_LIMITS } from './limits.js';
import type { LipSyncInput } from './lip-sync.js';
import { EXTENSIONS } from './negotiation/extensions.js';
import type { LocalMedia, MediaKind } from './negotiation/local-media.js';
import {
  acceptAnswer,
  acceptOffer,
  beginNegotiation,
  createAnswer,
  createOffer,
  type Negotiation,
} from './negotiation/negotiation.js';
import { type RemoteDescription, readDescription } from './negotiation/read-description.js';
import { type AgreedMedia, isMedia, type LocalSection } from './negotiation/sections.js';
import { writeDescription } from './negotiation/write-description.js';
import { PeerMedia } from './peer-media.js';
import { applyVideoRequest, type Streams, sameChoice, type VideoChoice, type VideoRequest } from './video-choice.js';

export interface PeerOptions {
  readonly ice: IcePeer;
  readonly engine: MediaEngine;
  readonly certificate: DtlsCertificate;
  /** The SRTP profiles to agree to, best first; default all. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  readonly codecs: { readonly audio: Codec; readonly video: Codec };
  readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout };
  /** Asked anew for every selection, since rungs come and go. */
  readonly streams: () => Streams;
  readonly trickle: boolean;
  readonly paused: boolean;
  readonly video: VideoChoice;
  readonly audioDisabled: boolean;
  readonly hooks: PeerHooks;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PeerHooks {
  onCandidate(text: string): void;
  onVideo(choice: VideoChoice): void;
  onAudio(disabled: boolean): void;
  /** The data channel opened: cursor image and position are due. */
  onChannelOpen(): void;
  onMessage(message: Buffer): void;
  onConnected(): void;
  /** Called once, for every end that `close` did not cause; the peer is closed already. */
  onClosed(reason: string): void;
}

/**
 * One viewer's peer connection: ICE, DTLS, the data channel and the two tracks, and the descriptions that set them up.
 * The server offers first; later either side may.
 */
export class Peer {
  readonly #ssrcs = { audio: randomSsrc(), video: randomSsrc() };
  readonly #sessionId = String(randomInt(2 ** 47));
  readonly #dtls: Dtls;
  readonly #channel: DataChannel;
  readonly #releases: Dispose[] = [];
  #negotiation: Negotiation;
  #version = 1;
  #video: VideoChoice;
  #audioDisabled: boolean;
  #paused: boolean;
  /** ICE heard nothing of the viewer, and has not since. */
  #wasLost = false;
  #state: PeerState = { kind: 'offered' };

  constructor(private readonly options: PeerOptions) {
    const { ice, hooks } = options;
    this.#video = options.video;
    this.#audioDisabled = options.audioDisabled;
    this.#paused = options.paused;
    this.#negotiation = beginNegotiation({ media: [this.#localMedia('audio'), this.#localMedia('video')], dataChannel: true });
    this.#dtls = new Dtls({
      certificate: options.certificate,
      role: 'server',
      srtpProfiles: options.srtpProfiles,
      clock: options.clock,
      send: (datagram) => ice.send(datagram),
      closed: () => this.#end('the viewer closed the connection'),
    });
    this.#channel = new DataChannel(this.#dtls, options.clock, {
      opened: () => hooks.onChannelOpen(),
      message: (data) => hooks.onMessage(data),
      closed: () => this.#end('the data channel closed'),
      failed: (reason) => this.#end(reason),
      noticed: (what) => options.log.debug({ what }, 'data channel'),
    });
    if (options.trickle) this.#releases.push(ice.onCandidate((candidate) => hooks.onCandidate(formatCandidate(candidate))));
    this.#releases.push(
      ice.onDatagram((datagram) => this.#receive(datagram)),
      ice.onState((state) => this.#pathIs(state)),
      ice.onPath((path) => {
        if (this.#state.kind !== 'connected') return;
        this.#state.sender.setPath(path);
        // What went out on the old path before it was given up may be lost.
        if (path !== undefined) this.#state.media.refresh();
      }),
      options.clock.after(PEER_LIMITS.setupTime.value, () => {
        const why = this.#dtls.trouble;
        if (this.#state.kind !== 'connected')
          this.#end(`the connection was not set up within 30 s${why === undefined ? '' : ` (${why})`}`);
      }),
    );
  }

  get isSettingUp(): boolean {
    return this.#state.kind === 'offered' || this.#state.kind === 'connecting';
  }

  get progress(): 'offered' | 'answered' | 'connected' {
    if (this.#state.kind === 'offered') return 'offered';
    return this.#state.kind === 'connecting' ? 'answered' : 'connected';
  }

  get isConnected(): boolean {
    return this.#state.kind === 'connected';
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get video(): VideoChoice {
    return this.#video;
  }

  get audioDisabled(): boolean {
    return this.#audioDisabled;
  }

  /** The first offer; with trickle off it waits for all candidates (5 s at most). */
  async offer(): Promise<Result<string>> {
    const { ice, trickle, hooks } = this.options;
    const offer = createOffer(this.#negotiation);
    if (!offer.ok) return offer;
    this.#negotiation = offer.value.negotiation;
    if (trickle) {
      for (const candidate of ice.candidates()) hooks.onCandidate(formatCandidate(candidate));
    }
    const gathered = ice.gather();
    if (!trickle) await gathered;
    return ok(this.#describe(offer.value.sections, 'actpass'));
  }

  /** Takes the viewer's answer to our offer or restart. */
  answer(sdp: string): Result<void> {
    const remote = readDescription(sdp);
    if (!remote.ok) return remote;
    if (this.#state.kind === 'closed') return err('the peer is closed');
    const agreed = acceptAnswer(this.#negotiation, remote.value);
    if (!agreed.ok) return agreed;
    this.#negotiation = agreed.value;
    this.#useRemote(remote.value);
    if (this.#state.kind === 'offered') {
      this.#state = { kind: 'connecting' };
      this.#connect(remote.value).catch((error: Error) => this.#end(error.message));
    }
    return ok(undefined);
  }

  /** Answers the viewer's own offer (a microphone, a camera or a restart). */
  async answerOffer(sdp: string): Promise<Result<string>> {
    const remote = readDescription(sdp);
    if (!remote.ok) return remote;
    if (this.#state.kind !== 'connected') return err('an offer is taken once the viewer is connected');
    const accepted = acceptOffer(this.#negotiation, remote.value);
    if (!accepted.ok) return accepted;
    const answer = createAnswer(accepted.value);
    if (!answer.ok) return answer;
    this.#negotiation = answer.value.negotiation;
    this.#useRemote(remote.value);
    if (!this.options.trickle) await this.options.ice.gather();
    return ok(this.#describe(answer.value.sections, 'passive'));
  }

  /** Begins an ICE restart (RFC 8445 section 9) and returns the offer for it. */
  async restart(): Promise<Result<string>> {
    if (this.#state.kind === 'closed') return err('the peer is closed');
    this.options.ice.restart();
    return this.offer();
  }

  /** A candidate of the viewer; empty text means that there are no more. */
  candidate(text: string): Result<void> {
    return this.options.ice.addRemoteCandidate(text === '' ? null : text);
  }

  setVideo(request: VideoRequest): Result<void> {
    const { choice, outcome } = applyVideoRequest(this.#video, request, this.options.streams());
    const changed = !sameChoice(choice, this.#video);
    this.#video = choice;
    this.#applyMedia();
    if (changed && outcome.ok) this.options.hooks.onVideo(choice);
    return outcome;
  }

  setAudio(disabled: boolean): void {
    if (disabled === this.#audioDisabled) return;
    this.#audioDisabled = disabled;
    this.#applyMedia();
    this.options.hooks.onAudio(disabled);
  }

  /** The client says how long sound waits in it for being played, ms; 0 while it plays none. */
  setSoundDelay(soundDelayMs: number): void {
    this.#keepLipSync({ kind: 'measured', soundDelayMs });
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#applyMedia();
  }

  /** One binary message on the data channel; dropped while it is not open. */
  send(message: Buffer): void {
    this.#channel.send(message);
  }

  close(): void {
    if (this.#state.kind === 'closed') return;
    const state = this.#state;
    this.#state = { kind: 'closed' };
    for (const release of this.#releases) release();
    if (state.kind === 'connected') state.media.close();
    this.#channel.close();
    this.#dtls.close();
    this.options.ice.close();
  }

  #pathIs(state: IceState): void {
    if (state === 'failed') this.#end('no network path to the viewer');
    if (state === 'disconnected') this.#wasLost = true;
    if (state !== 'connected' || !this.#wasLost) return;
    this.#wasLost = false;
    // The viewer would ask by itself, but only once it has noticed that what comes now does not fit what it has.
    if (this.#state.kind === 'connected') this.#state.media.refresh();
  }

  #end(reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.close();
    this.options.hooks.onClosed(reason);
  }

  #useRemote(remote: RemoteDescription): void {
    this.options.ice.setRemote({ ufrag: remote.ufrag, pwd: remote.pwd, lite: remote.lite });
    for (const candidate of remote.candidates) this.candidate(candidate);
  }

  async #connect(remote: RemoteDescription): Promise<void> {
    const keys = await this.#dtls.handshake(remote.fingerprints);
    if (this.#state.kind !== 'connecting') return;
    if (!keys.ok) {
      this.#end(keys.error);
      return;
    }
    const sender = this.#openSender(keys.value);
    const tracks = { audio: this.#addTrack(sender, 'audio'), video: this.#addTrack(sender, 'video') };
    this.#state = { kind: 'connected', sender, media: new PeerMedia(this.options.fanouts, sender, tracks) };
    this.#applyMedia();
    this.options.hooks.onConnected();
    const channel = this.#negotiation.agreed.find((section) => section.kind === 'application');
    if (channel !== undefined) this.#channel.start(channel.sctpPort);
  }

  #openSender(keys: DtlsKeys): PeerSender {
    return this.options.engine.addPeer({
      keys,
      path: this.options.ice.path,
      cname: 'stream',
      hooks: {
        onReport: ({ track, jitterMs }) => {
          if (track.kind === 'audio') this.#keepLipSync({ kind: 'reported', jitterMs });
        },
        onFailed: (error) => this.#end(`sending failed: ${error instanceof Error ? error.stack : error}`),
      },
    });
  }

  #localMedia(kind: MediaKind): LocalMedia {
    return { kind, codecs: [this.options.codecs[kind]], track: { ssrc: this.#ssrcs[kind] }, receives: false };
  }

  /** A kind that the viewer rejected or answered without our codec gets no track. */
  #addTrack(sender: PeerSender, kind: MediaKind) {
    const section = this.#negotiation.agreed
      .filter(isMedia)
      .find((each): each is AgreedMedia => each.kind === kind && each.isOwn);
    const [codec] = section?.codecs ?? [];
    if (section === undefined || codec === undefined) return undefined;
    const id = (uri: string) => section.extensions.find((extension) => extension.uri === uri)?.id;
    const mid = id(EXTENSIONS.mid.uri);
    const transportCc = id(EXTENSIONS.transportCc.uri);
    const playoutDelay = id(EXTENSIONS.playoutDelay.uri);
    return sender.addTrack({
      kind,
      clockRateHz: codec.codec.clockRateHz,
      ssrc: this.#ssrcs[kind],
      payloadType: codec.payloadType,
      extensions: {
        ...(mid === undefined ? {} : { mid: { id: mid, value: section.mid } }),
        ...(transportCc === undefined ? {} : { transportCc }),
        ...(playoutDelay === undefined ? {} : { playoutDelay }),
      },
    });
  }

  #keepLipSync(input: LipSyncInput): void {
    if (this.#state.kind === 'connected') this.#state.media.keepLipSync(input);
  }

  #applyMedia(): void {
    if (this.#state.kind === 'connected')
      this.#state.media.apply({ video: this.#video, audioDisabled: this.#audioDisabled, paused: this.#paused });
  }

  #receive(datagram: Buffer): void {
    const first = datagram[0]!;
    if (first >= 20 && first <= 63) this.#dtls.receive(datagram);
    else if (this.#state.kind === 'connected' && isRtcp(datagram)) this.#state.sender.receiveRtcp(datagram);
  }

  #describe(sections: readonly LocalSection[], setup: 'actpass' | 'passive'): string {
    const { ice, trickle, certificate } = this.options;
    return writeDescription(
      { id: this.#sessionId, version: this.#version++ },
      {
        ...ice.local,
        trickle,
        setup,
        fingerprint: fingerprintOf(certificate),
        candidates: ice.candidates().map(formatCandidate),
        candidatesComplete: !trickle,
      },
      sections,
    );
  }
}

type PeerState =
  | { readonly kind: 'offered' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly sender: PeerSender; readonly media: PeerMedia }
  | { readonly kind: 'closed' };

/** Tells SRTCP from SRTP by the packet type (RFC 5761 section 4). */
function isRtcp(datagram: Buffer): boolean {
  return datagram.length >= 8 && datagram[0]! >= 128 && datagram[0]! <= 191 && datagram[1]! >= 192 && datagram[1]! <= 223;
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}
