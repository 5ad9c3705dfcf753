import { randomInt } from 'node:crypto';
import type { IcePeer } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { RtpSink } from '../media/ingress/rtp-sink.js';
import type { Fanout, MediaEngine } from '../media/media-engine.js';
import type { Codec } from '../protocol/codec.js';
import type { LocalMedia, LocalTrack, MediaKind } from './negotiation/local-media.js';
import {
  acceptAnswer,
  acceptOffer,
  beginNegotiation,
  createAnswer,
  createOffer,
  type Described,
  type Negotiation,
  restartsIce,
} from './negotiation/negotiation.js';
import { readDescription } from './negotiation/read-description.js';
import { writeDescription } from './negotiation/write-description.js';
import { PeerMedia, type SentSoFar, type WantedMedia } from './peer-media.js';
import type { DtlsCertificate } from './transport/certificate.js';
import type { DtlsKeys, SrtpProfileName } from './transport/dtls-keys.js';
import { type ConnectionEnd, PeerTransport } from './transport/peer-transport.js';

export interface PeerOptions {
  readonly ice: IcePeer;
  readonly engine: MediaEngine;
  readonly certificate: DtlsCertificate;
  /** The SRTP profiles to agree to, best first; default all. */
  readonly srtpProfiles?: readonly SrtpProfileName[];
  readonly codecs: { readonly audio: Codec; readonly video: Codec };
  readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout };
  readonly trickle: boolean;
  /** The viewer is sent what its path carries, found out from this start; undefined: whatever there is. */
  readonly congestion?: { readonly startBps: number };
  /** Where what the viewer sends of a kind goes; a kind without one is not taken. An extension point: nothing plays it yet. */
  readonly sinks?: Partial<Readonly<Record<MediaKind, RtpSink>>>;
  readonly hooks: PeerHooks;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PeerHooks {
  onCandidate(text: string): void;
  /** The data channel opened: cursor image and position are due. */
  onChannelOpen(): void;
  onMessage(message: Buffer): void;
  onConnected(): void;
  /** How unevenly sound arrives at the viewer, ms (interarrival jitter, RFC 3550 section 6.4.1). */
  onSoundReport(jitterMs: number): void;
  /** What the path is believed to carry has changed, bit/s. */
  onEstimate(estimateBps: number): void;
  /** Called once, for every end that `close` did not cause; the peer is closed already. */
  onEnded(end: ConnectionEnd, reason: string): void;
}

/**
 * One viewer's peer connection, put together: `negotiation/` decides what both sides agree on, `PeerTransport` connects, and
 * `PeerMedia` sends what was agreed. Either side may offer first, and again whenever it likes.
 *
 * Closing goes downward only: peer -> media, transport -> data channel, DTLS, ICE.
 */
export class Peer {
  readonly #own: Readonly<Record<MediaKind, LocalTrack>> = {
    audio: { ssrc: randomSsrc() },
    video: { ssrc: randomSsrc(), rtxSsrc: randomSsrc() },
  };
  readonly #sessionId = String(randomInt(2 ** 47));
  readonly #transport: PeerTransport;
  #negotiation: Negotiation;
  /** Once connected. */
  #media: PeerMedia | undefined;
  #version = 1;
  #closed = false;
  #wanted: WantedMedia = { video: undefined, audio: false };
  #usefulBps: number | undefined;

  constructor(private readonly options: PeerOptions) {
    const { hooks } = options;
    this.#negotiation = beginNegotiation({ media: [this.#localMedia('audio'), this.#localMedia('video')], dataChannel: true });
    this.#transport = new PeerTransport({
      ...options,
      hooks: {
        onCandidate: (text) => hooks.onCandidate(text),
        onConnected: (keys) => this.#connected(keys),
        onPath: (path) => this.#media?.setPath(path),
        // The viewer would ask by itself, but only once it has noticed that what comes now does not fit what it has.
        onHeardAgain: () => this.#media?.refresh(),
        onMedia: (datagram) => this.#media?.receive(datagram),
        onChannelOpen: () => hooks.onChannelOpen(),
        onMessage: (message) => hooks.onMessage(message),
        onEnded: (end, reason) => this.#end(end, reason),
      },
    });
  }

  get progress(): 'offered' | 'answered' | 'connected' {
    const { state } = this.#transport;
    if (state === 'new') return 'offered';
    return state === 'connecting' ? 'answered' : 'connected';
  }

  get isConnected(): boolean {
    return this.#transport.state === 'connected';
  }

  /** An offer of ours; with trickle off it waits for all candidates (5 s at most). */
  async offer(): Promise<Result<string>> {
    const offer = createOffer(this.#negotiation);
    if (!offer.ok) return offer;
    this.#negotiation = offer.value.negotiation;
    await this.#transport.gather();
    return ok(this.#write(offer.value, 'actpass'));
  }

  /** The codec of the picture, where the viewer has refused it. */
  get refusedPicture(): Codec | undefined {
    const isRefused = this.#negotiation.agreed.some((section) => section.kind === 'rejected' && section.media === 'video');
    return isRefused ? this.options.codecs.video : undefined;
  }

  /** Takes the viewer's answer to an offer of ours. */
  answer(sdp: string): Result<void> {
    const remote = readDescription(sdp);
    if (!remote.ok) return remote;
    if (this.#closed) return err('the peer is closed');
    const agreed = acceptAnswer(this.#negotiation, remote.value);
    if (!agreed.ok) return agreed;
    this.#negotiation = agreed.value;
    this.#transport.setRemote(remote.value);
    this.#useAgreed();
    return ok(undefined);
  }

  /** Answers the viewer's own offer: its first, or a microphone, a camera or a restart later on. */
  async answerOffer(sdp: string): Promise<Result<string>> {
    const remote = readDescription(sdp);
    if (!remote.ok) return remote;
    const isFirst = this.#transport.state === 'new' && this.#negotiation.signaling.kind === 'stable';
    if (!isFirst && !this.isConnected) return err('an offer is taken once the viewer is connected');
    const accepted = acceptOffer(this.#negotiation, remote.value);
    if (!accepted.ok) return accepted;
    const answer = createAnswer(accepted.value);
    if (!answer.ok) return answer;
    if (restartsIce(this.#negotiation, remote.value)) this.#transport.restart();
    this.#negotiation = answer.value.negotiation;
    this.#transport.setRemote(remote.value);
    this.#useAgreed();
    await (isFirst ? this.#transport.gather() : this.#transport.gathered());
    return ok(this.#write(answer.value, 'passive'));
  }

  /** Begins an ICE restart and returns the offer for it. */
  async restart(): Promise<Result<string>> {
    if (this.#closed) return err('the peer is closed');
    this.#transport.restart();
    return this.offer();
  }

  /** A candidate of the viewer; empty text means that there are no more. */
  candidate(text: string): Result<void> {
    return this.#transport.addCandidate(text);
  }

  /** What the viewer gets from now on, once it is connected and as far as it takes it. */
  show(wanted: WantedMedia): void {
    this.#wanted = wanted;
    this.#media?.apply(wanted);
  }

  /** The most that the viewer can make use of, bit/s. */
  setUsefulBitrate(bitrateBps: number): void {
    this.#usefulBps = bitrateBps;
    this.#media?.setUsefulBitrate(bitrateBps);
  }

  /** Pictures wait so long for the sound, ms, while sound is sent. */
  holdPicture(holdMs: number): void {
    this.#media?.holdPicture(holdMs);
  }

  /** Undefined before the viewer was connected. */
  statistics(): SentSoFar | undefined {
    return this.#media?.sentSoFar;
  }

  /** One binary message on the data channel; dropped while it is not open. */
  send(message: Buffer): void {
    this.#transport.send(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#media?.close();
    this.#transport.close();
  }

  #connected(keys: DtlsKeys): void {
    const { engine, fanouts, hooks } = this.options;
    this.#media = new PeerMedia({
      engine,
      keys,
      path: this.#transport.path,
      fanouts,
      own: this.#own,
      sinks: this.options.sinks ?? {},
      clock: this.options.clock,
      congestion: this.options.congestion,
      onSoundReport: (jitterMs) => hooks.onSoundReport(jitterMs),
      onEstimate: (estimateBps) => hooks.onEstimate(estimateBps),
      onFailed: (error) => this.#end('failed', `sending failed: ${error instanceof Error ? error.stack : error}`),
    });
    if (this.#usefulBps !== undefined) this.#media.setUsefulBitrate(this.#usefulBps);
    this.#media.negotiated(this.#negotiation.agreed);
    this.#media.apply(this.#wanted);
    hooks.onConnected();
    this.#useAgreed();
  }

  /** Brings media and data channel in line with what is agreed on; nothing before there is a connection. */
  #useAgreed(): void {
    if (this.#closed || this.#media === undefined) return;
    const { agreed } = this.#negotiation;
    this.#media.negotiated(agreed);
    const channel = agreed.find((section) => section.kind === 'application');
    if (channel !== undefined) this.#transport.openChannel(channel.sctpPort);
  }

  #end(end: ConnectionEnd, reason: string): void {
    if (this.#closed) return;
    this.close();
    this.options.hooks.onEnded(end, reason);
  }

  #localMedia(kind: MediaKind): LocalMedia {
    return {
      kind,
      codecs: [this.options.codecs[kind]],
      track: this.#own[kind],
      receives: this.options.sinks?.[kind] !== undefined,
    };
  }

  #write({ sections }: Described, setup: 'actpass' | 'passive'): string {
    return writeDescription({ id: this.#sessionId, version: this.#version++ }, this.#transport.describe(setup), sections);
  }
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}
