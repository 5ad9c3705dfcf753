import type { EncodedStream } from '../capture/streams/encoded-stream.js';
import type { Dispose } from '../lib/dispose.js';
import type { Reception } from './ingress/rtp-sink.js';
import type { PacketPath } from './paths/packet-path.js';

/** The sending side of every viewer. One per process; `createMediaEngine` in create-media-engine.ts makes it. */
export interface MediaEngine {
  /** Which implementations the start-up check chose; the caller logs it once. */
  readonly paths: {
    readonly cipher: CipherName;
    readonly send: BatchName /** Why a slower one had to do. */;
    readonly reasons: readonly string[];
  };
  /** Starts sending to one viewer; its release is `PeerSender.close`. */
  addPeer(options: SenderOptions): PeerSender;
  /** The fan-out of one encoded stream; it listens to the stream while a track is attached and not paused. */
  fanout(stream: EncodedStream, options?: FanoutOptions): Fanout;
  /** Closes every peer and stops every timer. */
  close(): void;
}

export type CipherName = 'libcrypto' | 'node:crypto';
export type BatchName = 'sendmmsg' | 'dgram';

export type SrtpProfile = 'AEAD_AES_128_GCM' | 'AES_CM_128_HMAC_SHA1_80';

/** What the DTLS handshake agreed on (RFC 5764): 16-byte keys, salts of 12 (GCM) or 14 bytes (longer ones are cut). */
export interface SrtpKeys {
  readonly profile: SrtpProfile;
  readonly localKey: Uint8Array;
  readonly localSalt: Uint8Array;
  readonly remoteKey: Uint8Array;
  readonly remoteSalt: Uint8Array;
}

export interface SenderOptions {
  readonly keys: SrtpKeys;
  /** Undefined until ICE has a valid pair; what is late by then is dropped by whole frames. */
  readonly path: PacketPath | undefined;
  /** The canonical name that ties the peer's audio and video together for lip-sync (RFC 3550 section 6.5.1). */
  readonly cname: string;
  readonly hooks?: SenderHooks;
}

/** Every hook but `onFailed` is called synchronously from `receiveRtcp`; what is handed over is valid until the hook returns. */
export interface SenderHooks {
  /** The viewer sent PLI or FIR. The stream was asked already: for a keyframe, or for any picture where the viewer has everything. */
  onKeyframeRequest?(track: SenderTrack): void;
  /** One transport-wide feedback, matched with what was sent. */
  onFeedback?(feedback: SendFeedback): void;
  onReport?(report: ReceptionReport): void;
  /** REMB: the receiver's estimate in bit/s. */
  onRemb?(bitrateBps: number): void;
  /** A bug of ours, in sending or in a sink, has ended the sender; it is closed already. */
  onFailed?(error: unknown): void;
}

/** Columns of one transport-wide feedback, row i is one sent packet, in sending order. Reused: read it at once. */
export interface SendFeedback {
  readonly count: number;
  /** The engine's clock, ms. */
  readonly sentAtMs: Float64Array;
  /** The receiver's clock, ms; NaN where the packet did not arrive. */
  readonly receivedAtMs: Float64Array;
  /** Size of the datagram. */
  readonly bytes: Uint16Array;
  /** The id of the probe that it was part of, 0 for none. */
  readonly probe: Uint32Array;
}

/** One report block of a receiver report, in usable units. */
export interface ReceptionReport {
  readonly track: SenderTrack;
  /** 0 to 1, since the last report. */
  readonly fractionLost: number;
  readonly totalLost: number;
  readonly jitterMs: number;
  /** Undefined until the receiver answered a sender report. */
  readonly rttMs: number | undefined;
}

export interface PeerSender {
  readonly stats: PeerStats;
  /** ICE selected another pair, or (undefined) has none. */
  setPath(path: PacketPath | undefined): void;
  addTrack(options: TrackOptions): SenderTrack;
  /** An SRTCP datagram from the viewer. Whatever cannot be authenticated or read is counted and ignored; never throws. */
  receiveRtcp(datagram: Buffer): void;
  /** What is received of the viewer from now on, nothing at first. */
  setReception(reception: Reception): void;
  /** An SRTP datagram from the viewer. What is not expected, authentic and new is counted and dropped; never throws. */
  receiveRtp(datagram: Buffer): void;
  /** The rate at which a burst is spread, bit/s; a congestion controller moves it. */
  setPacingRate(bitrateBps: number): void;
  /**
   * What the viewer may be sent, in bit/s: whenever video or repair leaves, no more than this has left in the 200 ms before,
   * audio and everything else included; undefined for no bound, as at the start. Video that does not fit is dropped by whole
   * frames. A congestion controller moves it at any moment.
   */
  setBudget(bitrateBps: number | undefined): void;
  /**
   * Probes the path with retransmissions that nobody asked for, `bytes` of datagrams at once, whatever the budget. Returns how
   * many bytes left: none where RTX was not agreed on, nothing was sent yet or there is no path. For congestion control.
   */
  sendPadding(bytes: number): number;
  /** Everything that leaves from now on is part of the probe with this id, which feedback will name; 0 for none. */
  markProbe(id: number): void;
  /** Says BYE where a path exists, detaches the tracks, frees the keys. Idempotent. */
  close(): void;
}

export interface TrackOptions {
  readonly kind: 'audio' | 'video';
  readonly clockRateHz: number;
  readonly ssrc: number;
  readonly payloadType: number;
  /** Only where it was negotiated; else lost packets are sent again as they were. */
  readonly rtx?: { readonly ssrc: number; readonly payloadType: number };
  /** The ids that were negotiated (1 to 14); a missing id leaves the extension out. */
  readonly extensions?: {
    readonly transportCc?: number;
    readonly playoutDelay?: number;
    readonly absSendTime?: number;
    readonly mid?: { readonly id: number; readonly value: string };
  };
}

export interface SenderTrack {
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  readonly stats: TrackStats;
  /** Nothing is sent, and the stream is not listened to on this track's account, until `resume`. */
  pause(): void;
  /** Video goes on at the next keyframe, which is asked for. */
  resume(): void;
  /** Playout delay written into every later video packet, in ms (steps of 10, up to 40950). Starts at 0/0. */
  setPlayoutDelay(minMs: number, maxMs: number): void;
  /** Asks the stream for a keyframe, as a PLI of the viewer does. */
  requestKeyframe(): void;
  /** Stops the track; the peer goes on. Idempotent. */
  close(): void;
}

export interface Fanout {
  readonly stream: EncodedStream;
  /**
   * Sends the stream to the track from the next keyframe on (audio: from the next packet on).
   * A track that another fan-out serves keeps its picture until then, and is detached there by the switch.
   */
  attach(track: SenderTrack): Dispose;
}

export interface FanoutOptions {
  /**
   * When the stream's RTP timestamps were captured: any one pair of timestamp and wall clock (ms since 1970) that is
   * true now. Without it the arrival of the packets stands in.
   */
  readonly captureTime?: () => { readonly rtpTimestamp: number; readonly wallClockMs: number } | undefined;
}

export interface TrackStats {
  readonly packetsSent: number;
  /** Of RTP payload, as sender reports count it. */
  readonly bytesSent: number;
  readonly keyframesSent: number;
  /** Sequence numbers the viewer asked for again. */
  readonly nacked: number;
  readonly resent: number;
  /** Of the datagrams in which they were sent again. */
  readonly resentBytes: number;
  /** Of the datagrams that probed the path. */
  readonly paddingBytes: number;
  /** Frames that were too late for this viewer's path or budget and never sent. */
  readonly framesDropped: number;
  /** Those of them that the budget had no room for. */
  readonly framesOverBudget: number;
  readonly keyframeRequests: number;
}

export interface PeerStats {
  /** Datagrams and bytes handed to the path, RTCP and retransmissions included. */
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** Packets that got to a sink, and datagrams that did not. */
  readonly rtpReceived: number;
  readonly rtpRejected: number;
  readonly rtcpReceived: number;
  /** Datagrams that failed authentication, were replayed or not understood. */
  readonly rtcpRejected: number;
}
