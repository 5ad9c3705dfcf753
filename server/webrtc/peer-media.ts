import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import { CongestionDriver } from '../media/congestion/congestion-driver.js';
import type { ReceivedSection, RtpSink } from '../media/ingress/rtp-sink.js';
import type { Fanout, MediaEngine, PeerSender, SenderTrack, SrtpKeys } from '../media/media-engine.js';
import type { PacketPath } from '../media/paths/packet-path.js';
import { isRtcp } from '../media/rtp/rtp.js';
import { receives, sends } from './negotiation/direction.js';
import { EXTENSIONS } from './negotiation/extensions.js';
import type { LocalTrack, MediaKind } from './negotiation/local-media.js';
import { type AgreedMedia, type AgreedSection, isMedia } from './negotiation/sections.js';

export interface PeerMediaOptions {
  readonly engine: MediaEngine;
  readonly keys: SrtpKeys;
  readonly path: PacketPath | undefined;
  readonly fanouts: { readonly video: ReadonlyMap<string, Fanout>; readonly audio: Fanout };
  /** Our tracks as they were offered. */
  readonly own: Readonly<Record<MediaKind, LocalTrack>>;
  /** Where what the viewer sends of a kind goes; a kind without a sink is not received. */
  readonly sinks: Partial<Readonly<Record<MediaKind, RtpSink>>>;
  /** Interarrival jitter of the sound at the viewer, ms. */
  readonly onSoundReport: (jitterMs: number) => void;
  readonly clock: Clock;
  /** What the path is taken to carry at first, bit/s; undefined where nothing is to be found out about it. */
  readonly congestion: { readonly startBps: number } | undefined;
  /** What the path is believed to carry has changed, bit/s. */
  readonly onEstimate: (estimateBps: number) => void;
  /** Sending cannot go on; it has ended already. */
  readonly onFailed: (error: unknown) => void;
}

/** What is to be seen and heard. */
export interface WantedMedia {
  /** The id of a stream, undefined for none. */
  readonly video: string | undefined;
  readonly audio: boolean;
}

/** What left for the viewer, and what its last report said of the picture. */
export interface SentSoFar {
  readonly packetsSent: number;
  readonly bytesSent: number;
  readonly roundTripMs: number | undefined;
  readonly fractionLost: number | undefined;
  readonly estimateBps: number | undefined;
}

/**
 * The media of one connected viewer: its tracks as they are agreed on, and which shared encodings they are attached to. A viewer
 * who is paused or switched a kind off is no listener of it.
 */
export class PeerMedia {
  readonly #options: PeerMediaOptions;
  readonly #sender: PeerSender;
  readonly #tracks = new Map<MediaKind, SenderTrack>();
  /** The kinds that the viewer takes now. */
  readonly #taken = new Set<MediaKind>();
  #wanted: WantedMedia | undefined;
  #attachedVideo: { readonly streamId: string; readonly release: Dispose } | undefined;
  #releaseAudio: Dispose | undefined;
  /** How long pictures are to wait for the sound, and how long they do, ms. */
  #wantedHoldMs = 0;
  #holdMs = 0;
  readonly #congestion: CongestionDriver | undefined;
  #lastReport: { readonly roundTripMs: number | undefined; readonly fractionLost: number } | undefined;

  constructor(options: PeerMediaOptions) {
    const { engine, keys, path, clock, congestion, onSoundReport, onEstimate, onFailed } = options;
    this.#options = options;
    this.#sender = engine.addPeer({
      keys,
      path,
      cname: 'stream',
      hooks: {
        onFeedback: (feedback) => this.#congestion?.feedback(feedback),
        onReport: ({ track, jitterMs, rttMs, fractionLost }) => {
          if (rttMs !== undefined) this.#congestion?.roundTrip(rttMs);
          if (track.kind === 'video') this.#lastReport = { roundTripMs: rttMs, fractionLost };
          else if (this.#releaseAudio !== undefined) onSoundReport(jitterMs);
        },
        onFailed,
      },
    });
    this.#congestion = congestion && new CongestionDriver({ sender: this.#sender, ...congestion, onEstimate, clock });
  }

  /** Makes the tracks that were agreed on, and sends on those of them that the viewer takes. */
  negotiated(agreed: readonly AgreedSection[]): void {
    this.#taken.clear();
    for (const section of agreed.filter(isMedia)) {
      if (!section.isOwn) continue;
      // Never made anew: under the same keys no number of an SSRC may be used twice (RFC 3711 section 9.1).
      if (!this.#tracks.has(section.kind)) this.#tracks.set(section.kind, this.#addTrack(section));
      if (sends(section.direction)) this.#taken.add(section.kind);
    }
    this.#receive(agreed.filter(isMedia));
    this.#attach();
  }

  apply(wanted: WantedMedia): void {
    this.#wanted = wanted;
    this.#attach();
  }

  /** One SRTP or SRTCP datagram of the viewer. */
  receive(datagram: Buffer): void {
    if (isRtcp(datagram)) this.#sender.receiveRtcp(datagram);
    else this.#sender.receiveRtp(datagram);
  }

  /** Where it is sent from now on; undefined: nowhere. */
  setPath(path: PacketPath | undefined): void {
    this.#sender.setPath(path);
    // What went out on the old path before it was given up may be lost.
    if (path === undefined) return;
    this.#congestion?.pathChanged();
    this.refresh();
  }

  setUsefulBitrate(bitrateBps: number): void {
    this.#congestion?.setUseful(bitrateBps);
  }

  /** Pictures wait so long for the sound, ms, while there is sound. */
  holdPicture(holdMs: number): void {
    this.#wantedHoldMs = holdMs;
    this.#hold();
  }

  get sentSoFar(): SentSoFar {
    const { packetsSent, bytesSent } = this.#sender.stats;
    const { roundTripMs, fractionLost } = this.#lastReport ?? {};
    return { packetsSent, bytesSent, roundTripMs, fractionLost, estimateBps: this.#congestion?.estimateBps };
  }

  /** What the viewer missed is not sent again: a keyframe shows it the screen as it is now. */
  refresh(): void {
    if (this.#attachedVideo !== undefined) this.#tracks.get('video')?.requestKeyframe();
  }

  close(): void {
    this.#congestion?.close();
    this.#attachedVideo?.release();
    this.#releaseAudio?.();
    this.#attachedVideo = undefined;
    this.#releaseAudio = undefined;
    this.#sender.close();
  }

  #addTrack({ kind, mid, codecs, extensions }: AgreedMedia): SenderTrack {
    const [sent] = codecs;
    if (sent === undefined) throw new Error('a section without codecs is not agreed on');
    const idOf = ({ uri }: { readonly uri: string }) => extensions.find((extension) => extension.uri === uri)?.id;
    const [midId, transportCc, playoutDelay] = [EXTENSIONS.mid, EXTENSIONS.transportCc, EXTENSIONS.playoutDelay].map(idOf);
    const { ssrc, rtxSsrc } = this.#options.own[kind];
    const { payloadType, rtxPayloadType } = sent;
    return this.#sender.addTrack({
      kind,
      clockRateHz: sent.codec.clockRateHz,
      ssrc,
      payloadType,
      ...(rtxSsrc === undefined || rtxPayloadType === undefined ? {} : { rtx: { ssrc: rtxSsrc, payloadType: rtxPayloadType } }),
      extensions: {
        ...(midId === undefined ? {} : { mid: { id: midId, value: mid } }),
        ...(transportCc === undefined ? {} : { transportCc }),
        ...(playoutDelay === undefined ? {} : { playoutDelay }),
      },
    });
  }

  /** Receives what the viewer sends on the sections that were agreed on. */
  #receive(agreed: readonly AgreedMedia[]): void {
    const sections = agreed.flatMap((section): ReceivedSection[] => {
      const sink = this.#options.sinks[section.kind];
      if (sink === undefined || !receives(section.direction)) return [];
      const payloadTypes = section.codecs.map(({ codec, receivedType }) => ({
        payloadType: receivedType,
        clockRateHz: codec.clockRateHz,
      }));
      return [{ mid: section.mid, payloadTypes, ssrcs: section.remoteSsrcs, sink }];
    });
    // An id stands for one extension in the whole bundle.
    const midExtension = agreed.flatMap(({ extensions }) => extensions).find(({ uri }) => uri === EXTENSIONS.mid.uri)?.id;
    this.#sender.setReception({ midExtension, sections });
  }

  /** Brings the attachments in line with what is wanted and agreed on. */
  #attach(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const { fanouts } = this.#options;
    this.#showVideo(wanted.video, this.#takenTrack('video'));
    const audio = wanted.audio ? this.#takenTrack('audio') : undefined;
    if (audio !== undefined) this.#releaseAudio ??= fanouts.audio.attach(audio);
    else {
      this.#releaseAudio?.();
      this.#releaseAudio = undefined;
    }
    this.#hold();
  }

  /** A switch attaches the new stream before the old one is left. */
  #showVideo(wanted: string | undefined, track: SenderTrack | undefined): void {
    const streamId = track === undefined ? undefined : wanted;
    if (this.#attachedVideo?.streamId === streamId) return;
    const previous = this.#attachedVideo;
    this.#attachedVideo = undefined;
    const fanout = streamId === undefined ? undefined : this.#options.fanouts.video.get(streamId);
    if (streamId !== undefined && fanout !== undefined && track !== undefined)
      this.#attachedVideo = { streamId, release: fanout.attach(track) };
    previous?.release();
  }

  #takenTrack(kind: MediaKind): SenderTrack | undefined {
    return this.#taken.has(kind) ? this.#tracks.get(kind) : undefined;
  }

  #hold(): void {
    const holdMs = this.#releaseAudio === undefined ? 0 : this.#wantedHoldMs;
    if (holdMs !== this.#holdMs) this.#tracks.get('video')?.setPlayoutDelay(holdMs, holdMs);
    this.#holdMs = holdMs;
  }
}
